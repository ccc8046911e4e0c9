package dev.nescio.trainer.service;

import dev.nescio.trainer.service.NightListener.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tells a listener about the steps of one night and estimates what is left of the one under way. */
final class StepClock {

  private final NightListener listener;
  private final Clock clock;
  private NightStep step = NightStep.DATASET;
  private Instant started = Instant.EPOCH;
  private long generatedTokens;

  StepClock(NightListener listener, Clock clock) {
    this.listener = listener;
    this.clock = clock;
  }

  void start(NightStep next, String message) {
    if (Thread.currentThread().isInterrupted()) throw new NightCancelledException();
    step = next;
    started = clock.instant();
    generatedTokens = 0;
    listener.heard(step, State.STARTED, 0, 0, "", Optional.empty(), message, Map.of());
  }

  /** Progress by count; what is left is the pace so far times what is missing. */
  void counted(long done, long total, String unit) {
    Duration spent = Duration.between(started, clock.instant());
    Optional<Duration> remaining =
        done == 0 ? Optional.empty() : Optional.of(spent.multipliedBy(total - done).dividedBy(done));
    running(done, total, unit, remaining, "", Map.of());
  }

  /** Counts tokens that the model generated in this step; their speed is a figure of its end. */
  void generated(long tokens) {
    generatedTokens += tokens;
  }

  void running(
      long done, long total, String unit, Optional<Duration> remaining, String message,
      Map<String, Double> figures) {
    listener.heard(step, State.RUNNING, done, total, unit, remaining, message, figures);
  }

  void done(String message, Map<String, Double> figures) {
    end(State.DONE, message, figures);
  }

  void refused(String message, Map<String, Double> figures) {
    end(State.REFUSED, message, figures);
  }

  private void end(State state, String message, Map<String, Double> figures) {
    Map<String, Double> all = new HashMap<>(figures);
    double seconds = Duration.between(started, clock.instant()).toMillis() / 1000.0;
    all.put("duration_seconds", seconds);
    if (generatedTokens > 0 && seconds > 0) {
      all.put("generated_tokens", (double) generatedTokens);
      all.put("generated_tokens_per_second", generatedTokens / seconds);
    }
    listener.heard(step, state, 0, 0, "", Optional.empty(), message, all);
  }
}
