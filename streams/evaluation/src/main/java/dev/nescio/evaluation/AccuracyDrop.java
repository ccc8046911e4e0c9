package dev.nescio.evaluation;

import dev.nescio.metrics.OutcomeCounts;
import java.util.Locale;
import java.util.Optional;

/** Fewer correct answers than in the week before. */
final class AccuracyDrop implements Detector {

  @Override
  public String name() {
    return "accuracy-drop";
  }

  @Override
  public double limit(AlertRules rules) {
    return rules.accuracyDrop();
  }

  @Override
  public Optional<Reading> read(Tally recent, Tally reference, double error) {
    OutcomeCounts now = recent.summary().outcomes();
    OutcomeCounts before = reference.summary().outcomes();
    if (now.n() == 0 || before.n() == 0) return Optional.empty();
    double nowRight = now.correct() / (double) now.n();
    double beforeRight = before.correct() / (double) before.n();
    return Optional.of(new Reading(beforeRight - nowRight,
        MeanBounds.lower(beforeRight, before.n(), error / 2) - MeanBounds.upper(nowRight, now.n(), error / 2),
        MeanBounds.upper(beforeRight, before.n(), error / 2) - MeanBounds.lower(nowRight, now.n(), error / 2),
        Math.min(now.n(), before.n())));
  }

  @Override
  public String message(Reading reading, String window, double limit) {
    return String.format(Locale.ROOT,
        "accuracy of %s is %.3f below that of the week before (at least %.3f, limit %.3f) over %d answers",
        window, reading.value(), reading.low(), limit, reading.n());
  }
}
