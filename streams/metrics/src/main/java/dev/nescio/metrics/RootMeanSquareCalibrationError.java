package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * {@code sqrt(sum_m (n_m / n) (acc_m - conf_m)²)} over right-closed bins of equal width. In [0, 1], lower is better; at
 * least the ECE of the same bins.
 *
 * <p>Interval: normal for the sum of squares, whose bias (the sum of the variances of the gaps) is taken off below.
 *
 * <p>Source: Hendrycks et al. 2019 (arXiv 1812.04606), section 4.
 */
public final class RootMeanSquareCalibrationError extends CalibrationMetric {

  private static final int BINS = 10;

  RootMeanSquareCalibrationError(Population population, String grader) {
    super(MetricNames.of(MetricNames.RMSCE, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins b = tally.cells().bins(BINS).occupied();
    long n = b.total();
    if (n == 0) return Optional.empty();
    Estimate square = GapSpread.ofSquares(n, b.n(), b.correct(), b.gaps(), b.shares());
    return Optional.of(Intervals.bounded(
        Math.sqrt(square.value()), n, Math.sqrt(square.low()), Math.sqrt(square.high())));
  }
}
