package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Mean confidence minus accuracy, whatever the bins: above 0 is over-confident. In [-1, 1], best at 0.
 *
 * <p>Interval: normal, from the exact variance of {@code c - y}.
 */
public final class SignedCalibrationError extends CalibrationMetric {

  SignedCalibrationError(Population population, String grader) {
    super(MetricNames.of(MetricNames.SIGNED_ECE, population, grader), Direction.NEITHER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins all = tally.cells().bins(1);
    long n = all.total();
    if (n == 0) return Optional.empty();
    return Optional.of(Intervals.mean(all.gap(0), BrierScore.mean(tally, n), n, -1, 1));
  }
}
