package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * {@code 1 - Brier / (r (1 - r))} with the accuracy r of the same answers: 1 is perfect, 0 is no better than always
 * saying r. At most 1, higher is better; empty when all answers are correct or all incorrect.
 *
 * <p>Interval: delta method over the means of squared error and correctness, with their exact covariance.
 */
public final class BrierSkill extends CalibrationMetric {

  BrierSkill(Population population, String grader) {
    super(MetricNames.of(MetricNames.BRIER_SKILL, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins all = tally.cells().bins(1);
    long n = all.total();
    if (all.totalCorrect() == 0 || all.totalCorrect() == n) return Optional.empty();
    double rate = all.totalCorrect() / (double) n;
    double reference = rate * (1 - rate);
    double brier = BrierScore.mean(tally, n);
    double byBrier = -1 / reference;
    double byRate = brier * (1 - 2 * rate) / (reference * reference);
    double variance = tally.squared().ofSquares() / n - brier * brier;
    double ofCorrect = tally.squared().ofCorrect() / ((double) Observation.ONE * Observation.ONE) / n;
    double covariance = ofCorrect - brier * rate;
    double total =
        byBrier * byBrier * variance + 2 * byBrier * byRate * covariance + byRate * byRate * reference;
    return Optional.of(Intervals.normal(
        1 - brier / reference, total / (n - 1), n, Double.NEGATIVE_INFINITY, 1));
  }
}
