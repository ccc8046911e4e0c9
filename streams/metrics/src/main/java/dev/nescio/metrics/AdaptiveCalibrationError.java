package dev.nescio.metrics;

import java.util.Optional;

/**
 * Expected calibration error over bins of equal mass: {@code sum_m (n_m / n) |acc_m - conf_m|}. In [0, 1], lower is
 * better; above 0 even for a calibrated model. On the grid; see {@link AdaptiveCalibrationErrorGridError}.
 *
 * <p>Interval: that of {@link ExpectedCalibrationError}, over these bins.
 *
 * <p>Source: Nguyen and O'Connor 2015, section 4.
 */
public final class AdaptiveCalibrationError extends CalibrationMetric {

  static final int BINS = 10;

  AdaptiveCalibrationError(Population population, String grader) {
    super(MetricNames.of(MetricNames.ADAPTIVE_ECE, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    EqualMassBins b = EqualMassBins.of(tally.byConfidence(), BINS);
    long n = b.total();
    if (n == 0) return Optional.empty();
    double value = 0;
    double[] shares = new double[b.n().length];
    for (int m = 0; m < shares.length; m++) {
      shares[m] = b.n()[m] / (double) n;
      value += shares[m] * Math.abs(b.gap()[m]);
    }
    return Optional.of(GapSpread.ofAbsolute(Math.min(1, value), n, b.n(), b.correct(), b.gap(), shares));
  }
}
