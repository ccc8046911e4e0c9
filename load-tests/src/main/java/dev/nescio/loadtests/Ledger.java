package dev.nescio.loadtests;

import dev.nescio.schemas.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of every question: asked, acknowledged by the broker, answered, set aside. Thread-safe.
 *
 * <p>Latency counts from the time at which a question was due, not from when it went out, so that a stalled system or a
 * stalled generator cannot hide its stall.
 */
final class Ledger {

  private final Map<String, Entry> entries = new HashMap<>();
  private final Durations endToEnd = new Durations();
  private final Durations sendDelay = new Durations();
  private final Durations model = new Durations();
  private final List<Long> received = new ArrayList<>();
  private final List<String> publishFailures = new ArrayList<>();
  private long open;
  private long strangers;
  private long strangeDeadLetters;
  private long errors;

  /** One question. */
  private static final class Entry {
    private final long due;
    private final boolean measured;
    private long answers;
    private long deadLetters;

    private Entry(long due, boolean measured) {
      this.due = due;
      this.measured = measured;
    }

    private boolean settled() {
      return answers + deadLetters > 0;
    }
  }

  /**
   * A question goes out now.
   *
   * @param due      when it should have, nanoseconds
   * @param sentAt   when it does, nanoseconds
   * @param measured false during warm-up
   */
  synchronized void asked(String askId, long due, long sentAt, boolean measured) {
    if (entries.put(askId, new Entry(due, measured)) != null) {
      throw new IllegalArgumentException("asked twice: " + askId);
    }
    open++;
    if (measured) sendDelay.addNanos(sentAt - due);
  }

  /** The broker did not take a question; it may be there all the same. */
  synchronized void notAcknowledged(String askId, String reason) {
    publishFailures.add(askId + ": " + reason);
  }

  /** Failures to publish were looked into, and what was missing was sent again. */
  synchronized void acknowledgedAfterAll() {
    publishFailures.clear();
  }

  /**
   * A committed answer was read.
   *
   * @param receivedAt    nanoseconds
   * @param latencyMicros as inference has measured it
   */
  synchronized void answered(String askId, Decision decision, long receivedAt, long latencyMicros) {
    Entry entry = entries.get(askId);
    if (entry == null) {
      strangers++;
      return;
    }
    if (!entry.settled()) open--;
    if (++entry.answers > 1) return;
    if (decision == Decision.ERROR) errors++;
    received.add(receivedAt);
    if (!entry.measured) return;
    endToEnd.addNanos(receivedAt - entry.due);
    model.addMicros(latencyMicros);
  }

  /** A question was set aside. */
  synchronized void deadLettered(String askId) {
    Entry entry = entries.get(askId);
    if (entry == null) {
      strangeDeadLetters++;
      return;
    }
    if (!entry.settled()) open--;
    entry.deadLetters++;
  }

  /** A dead letter that no question of ours can be read from. */
  synchronized void deadLetteredUnknown() {
    strangeDeadLetters++;
  }

  /** True when every question was answered or set aside. */
  synchronized boolean settled() {
    return open == 0;
  }

  /** Asked until now. */
  synchronized Set<String> askIds() {
    return new TreeSet<>(entries.keySet());
  }

  synchronized Outcome outcome() {
    long once = 0;
    long duplicates = 0;
    long deadLetters = 0;
    long lost = 0;
    for (Entry entry : entries.values()) {
      if (entry.answers == 1) once++;
      if (entry.answers > 1) duplicates += entry.answers - 1;
      if (entry.deadLetters > 0) deadLetters++;
      if (!entry.settled()) lost++;
    }
    return new Outcome(entries.size(), once, lost, duplicates, deadLetters, strangeDeadLetters, errors,
        publishFailures.size(), strangers);
  }

  synchronized Timings timings() {
    return new Timings(endToEnd.summary(), sendDelay.summary(), model.summary());
  }

  /** When each first answer was read, nanoseconds, in that order. */
  synchronized List<Long> received() {
    return List.copyOf(received);
  }

  /** The first failures to publish, for people. */
  synchronized List<String> publishFailures(int most) {
    return List.copyOf(publishFailures.subList(0, Math.min(most, publishFailures.size())));
  }

  /**
   * Counts of questions, but for the last.
   *
   * @param asked            sent by this run
   * @param answeredOnce     with exactly one committed answer
   * @param lost             with neither an answer nor a dead letter
   * @param duplicateAnswers committed answers beyond the first of their question
   * @param deadLetters      of this run, set aside
   * @param otherDeadLetters dead letters in the time of the run that are of no question of it
   * @param errors           answered with the decision {@code ERROR}
   * @param notAcknowledged  that the broker did not acknowledge
   * @param otherAnswers     answers in the time of the run to questions of others
   */
  record Outcome(
      long asked, long answeredOnce, long lost, long duplicateAnswers, long deadLetters, long otherDeadLetters,
      long errors, long notAcknowledged, long otherAnswers) {

    /** True when each question has one answer that is no error, and nothing was set aside. */
    boolean exactlyOnce() {
      return answeredOnce == asked && duplicateAnswers == 0 && deadLetters == 0 && otherDeadLetters == 0 && errors == 0;
    }
  }

  /**
   * Of the measured questions.
   *
   * @param endToEnd  from when a question was due to when its committed answer was read
   * @param sendDelay from when it was due to when it went out: the lateness of the load generator itself
   * @param model     from when inference read it to the finished answer, by its own clock
   */
  record Timings(Durations.Summary endToEnd, Durations.Summary sendDelay, Durations.Summary model) {}
}
