package dev.nescio.loadtests;

import dev.nescio.loadtests.Report.Restart;
import dev.nescio.producers.BundledQuestions;
import dev.nescio.producers.Pace;
import dev.nescio.producers.Publisher;
import dev.nescio.producers.QuestionItem;
import dev.nescio.producers.ReferenceSource;
import dev.nescio.schemas.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/** One run of a workload against a system. */
final class LoadRun {

  private static final double NANOS = 1e9;
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);
  /** After the last answer: for a second one to show itself. */
  private static final Duration SETTLING = Duration.ofSeconds(3);
  private static final Duration AUDIT_INTERVAL = Duration.ofSeconds(1);
  private static final Duration AUDIT_PATIENCE = Duration.ofSeconds(60);
  private static final int FAILURES_SHOWN = 5;

  private final Workload workload;
  private final Schedule schedule;
  private final SystemUnderTest system;
  private final Clock clock;
  private final LongSupplier nanoClock;
  private final Ledger ledger = new Ledger();
  private final List<Restart> restarts = new ArrayList<>();
  private Tail tail;
  private int asked;

  LoadRun(Workload workload, SystemUnderTest system, Clock clock, LongSupplier nanoClock) {
    this.workload = workload;
    this.schedule = Schedule.of(workload.phases());
    this.system = system;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /**
   * Asks everything, waits for the answers and reports.
   *
   * @throws LoadTestException when the system ends or cannot be reached
   */
  Report run(Machine machine) throws InterruptedException {
    List<QuestionItem> items = new ArrayList<>(BundledQuestions.worldFacts());
    Collections.shuffle(items, new Random(workload.seed()));
    if (workload.gradeAnswers()) publishReferences(items);
    TopicReader topics = new TopicReader(system.target());
    Map<TopicPartition, Long> questionsFrom = topics.ends(List.of(Topics.QUESTIONS.name()));
    tail = new Tail(system.target(), ledger, nanoClock, topics.ends(Tail.TOPICS));
    long start = nanoClock.getAsLong();
    Instant startedAt = clock.instant();
    String run = workload.name() + "-" + startedAt.toEpochMilli();
    try (Asker asker = new Asker(system.target(), items, ledger, run, workload.maxTokens(), startedAt)) {
      ask(asker, start, questionsFrom);
      asker.flush();
      drain(start);
    } finally {
      tail.close();
    }
    double seconds = (nanoClock.getAsLong() - start) / NANOS;
    Audit.Result audit = workload.gradeAnswers() ? audit() : null;
    return report(machine, startedAt, start, seconds, audit);
  }

  private void publishReferences(List<QuestionItem> items) {
    try (var publisher = Publisher.open(system.target().clients(), Topics.REFERENCES, system.target().registry())) {
      new ReferenceSource(publisher, clock, Pace.unlimited())
          .publish(items.stream().filter(QuestionItem::hasReference).toList(), 0);
    }
  }

  private void ask(Asker asker, long start, Map<TopicPartition, Long> questionsFrom) throws InterruptedException {
    long warmUp = nanos(workload.warmUpSeconds());
    List<Long> kills = workload.killAtSeconds().stream().map(LoadRun::nanos).toList();
    new Pacer(nanoClock, TimeUnit.NANOSECONDS::sleep).run(schedule, start, kills,
        index -> {
          long due = schedule.due(index);
          ledger.asked(asker.askId(index), start + due, nanoClock.getAsLong(), due >= warmUp);
          asker.ask(index, due);
          asked = index + 1;
        },
        () -> restart(asker, start, questionsFrom));
  }

  private void restart(Asker asker, long start, Map<TopicPartition, Long> questionsFrom) {
    long before = nanoClock.getAsLong();
    Map<TopicPartition, Long> positions = tail.stop();
    system.killAndRestart();
    asker.abandon();
    int again = asker.resume(system.target(), schedule, asked, questionsFrom);
    tail = new Tail(system.target(), ledger, nanoClock, positions);
    restarts.add(new Restart((before - start) / NANOS, (nanoClock.getAsLong() - before) / NANOS, again));
  }

  private void drain(long start) throws InterruptedException {
    long end = Math.max(start + schedule.nanos(), nanoClock.getAsLong()) + nanos(workload.drainSeconds());
    while (!ledger.settled() && nanoClock.getAsLong() < end) {
      system.requireAlive();
      tail.requireWell();
      TimeUnit.MILLISECONDS.sleep(CHECK_INTERVAL.toMillis());
    }
    TimeUnit.MILLISECONDS.sleep(SETTLING.toMillis());
    tail.stop();
  }

  /** Evaluation publishes a while after the answers: compared until equal or out of patience. */
  private Audit.Result audit() throws InterruptedException {
    TopicReader topics = new TopicReader(system.target());
    long end = nanoClock.getAsLong() + AUDIT_PATIENCE.toNanos();
    Audit.Result result = Audit.of(topics);
    while (!complete(result) && nanoClock.getAsLong() < end) {
      TimeUnit.MILLISECONDS.sleep(AUDIT_INTERVAL.toMillis());
      result = Audit.of(topics);
    }
    return result;
  }

  /** Every answer has its label, and all figures agree. */
  private static boolean complete(Audit.Result result) {
    return result.differences().isEmpty() && result.labels() >= result.answers();
  }

  private Report report(Machine machine, Instant startedAt, long start, double seconds, Audit.Result audit) {
    Ledger.Outcome outcome = ledger.outcome();
    Ledger.Timings timings = ledger.timings();
    List<String> failures = new ArrayList<>();
    fail(failures, outcome.lost(), "questions have neither an answer nor a dead letter");
    fail(failures, outcome.duplicateAnswers(), "answers are beyond the first of their question");
    fail(failures, outcome.deadLetters() + outcome.otherDeadLetters(), "records were dead-lettered");
    fail(failures, outcome.errors(), "answers are errors");
    fail(failures, outcome.notAcknowledged(), "questions were not acknowledged, the first: "
        + String.join("; ", ledger.publishFailures(FAILURES_SHOWN)));
    Double p99 = timings.endToEnd().p99Millis();
    if (workload.maxP99Millis() != null && (p99 == null || p99 > workload.maxP99Millis())) {
      failures.add(p99 == null ? "there is no latency to compare with maxP99Millis" : String.format(Locale.ROOT,
          "the 99th percentile is %.0f ms, above maxP99Millis = %.0f", p99, workload.maxP99Millis()));
    }
    if (audit != null) {
      fail(failures, audit.differences().size(), "figures differ from the batch computation, the first: "
          + String.join("; ", audit.differences().stream().limit(FAILURES_SHOWN).toList()));
      fail(failures, Math.max(0, audit.answers() - audit.labels()), "answers have no label");
    }
    return new Report(failures.isEmpty(), failures, workload, machine, startedAt.toString(), seconds,
        outcome.exactlyOnce(), outcome, timings, Throughput.of(start, nanos(workload.warmUpSeconds()), ledger.received()),
        restarts, audit);
  }

  private static void fail(List<String> failures, long count, String what) {
    if (count > 0) failures.add(count + " " + what);
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * NANOS);
  }
}
