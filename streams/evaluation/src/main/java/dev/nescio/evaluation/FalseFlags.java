package dev.nescio.evaluation;

import dev.nescio.metrics.OutcomeCounts;
import java.util.Locale;
import java.util.Optional;

/** Correct answers that are flagged {@code <IDK>}: A-FPR above what the gate allows. */
final class FalseFlags implements Detector {

  @Override
  public String name() {
    return "a-fpr";
  }

  @Override
  public double limit(AlertRules rules) {
    return rules.aFpr();
  }

  @Override
  public Optional<Reading> read(Tally recent, Tally reference, double error) {
    OutcomeCounts outcomes = recent.summary().outcomes();
    long n = outcomes.correct();
    if (n == 0) return Optional.empty();
    double rate = outcomes.a() / (double) n;
    return Optional.of(
        new Reading(rate, MeanBounds.lower(rate, n, error), MeanBounds.upper(rate, n, error), n));
  }

  @Override
  public String message(Reading reading, String window, double limit) {
    return String.format(Locale.ROOT,
        "%.1f %% of correct answers are flagged <IDK> (at least %.1f %%, limit %.1f %%), of %d in %s",
        100 * reading.value(), 100 * reading.low(), 100 * limit, reading.n(), window);
  }
}
