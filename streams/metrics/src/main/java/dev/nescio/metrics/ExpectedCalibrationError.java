package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Expected calibration error: {@code sum_m (n_m / n) |acc_m - conf_m|} over right-closed bins of equal width, the first
 * with 0. In [0, 1], lower is better; above 0 even for a calibrated model (see {@link CalibrationNoiseFloor}).
 *
 * <p>Interval: value plus 1.96 standard errors above; below, 1.96 standard errors and the bias of an absolute value are
 * taken off. Both are upper bounds, from the variance of the signed gaps with accuracies smoothed as (k + 1)/(n + 2).
 *
 * <p>Source: Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017 (arXiv 1706.04599), equation 3.
 */
public final class ExpectedCalibrationError extends CalibrationMetric {

  private final int bins;

  ExpectedCalibrationError(int bins, Population population, String grader) {
    super(MetricNames.of("ece:bins=" + bins + ":edges=right", population, grader),
        Direction.LOWER_IS_BETTER, population);
    this.bins = bins;
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins b = tally.cells().bins(bins);
    long n = b.total();
    if (n == 0) return Optional.empty();
    long gaps = 0;
    double variance = 0;
    double bias = 0;
    for (int m = 0; m < bins; m++) {
      if (b.n()[m] == 0) continue;
      long gap = Math.abs(b.excess(m));
      gaps += gap;
      double accuracy = (b.correct()[m] + 1) / (b.n()[m] + 2.0);
      double spread = b.n()[m] * accuracy * (1 - accuracy);
      double mean = gap / (double) Observation.ONE;
      variance += spread;
      bias += Math.sqrt(2 * spread / Math.PI) * Math.exp(-mean * mean / (2 * spread));
    }
    double value = gaps / ((double) n * Observation.ONE);
    double half = Intervals.Z * Math.sqrt(variance) / n;
    return Optional.of(Intervals.bounded(
        value, n, Math.max(0, value - bias / n - half), Math.min(1, value + half)));
  }
}
