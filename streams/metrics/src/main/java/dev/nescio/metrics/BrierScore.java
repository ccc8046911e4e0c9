package dev.nescio.metrics;

import java.util.Optional;

/**
 * {@code mean (c - y)²}, exact to the last unit. In [0, 1], lower is better.
 *
 * <p>Interval: normal, from the variance of the squared errors.
 *
 * <p>Source: Brier 1950, the one-class form (half of the two-class sum).
 */
public final class BrierScore extends CalibrationMetric {

  BrierScore(Population population, String grader) {
    super(MetricNames.of(MetricNames.BRIER, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    long n = tally.cells().bins(1).total();
    if (n == 0) return Optional.empty();
    return Optional.of(Intervals.mean(mean(tally, n), tally.squared().ofSquares() / n, n, 0, 1));
  }

  static double mean(Tally tally, long n) {
    return tally.squared().total() / ((double) Observation.ONE * Observation.ONE) / n;
  }
}
