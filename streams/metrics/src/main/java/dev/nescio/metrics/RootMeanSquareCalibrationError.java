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
    Bins b = tally.cells().bins(BINS);
    long n = b.total();
    if (n == 0) return Optional.empty();
    double square = 0;
    double bias = 0;
    double variance = 0;
    for (int m = 0; m < BINS; m++) {
      if (b.n()[m] == 0) continue;
      double weight = b.n()[m] / (double) n;
      double gap = b.gap(m);
      double accuracy = (b.correct()[m] + 1) / (b.n()[m] + 2.0);
      double spread = accuracy * (1 - accuracy) / b.n()[m];
      square += weight * gap * gap;
      bias += weight * spread;
      variance += weight * weight * (4 * gap * gap * spread + 2 * spread * spread);
    }
    double half = Intervals.Z * Math.sqrt(variance);
    return Optional.of(Intervals.bounded(Math.sqrt(square), n,
        Math.sqrt(Math.max(0, square - bias - half)), Math.sqrt(Math.min(1, square + half))));
  }
}
