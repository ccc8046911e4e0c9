package dev.nescio.metrics;

import java.util.Arrays;
import java.util.Optional;

/**
 * ACE: the plain mean of {@code |acc_m - conf_m|} over bins of equal mass. In [0, 1], lower is better; above 0 even for
 * a calibrated model. On the grid; see {@link AverageCalibrationErrorGridError}.
 *
 * <p>Interval: that of {@link ExpectedCalibrationError}, with equal weights.
 *
 * <p>Source: Nixon et al. 2019 (arXiv 1904.01685), equation 3, for one class.
 */
public final class AverageCalibrationError extends CalibrationMetric {

  AverageCalibrationError(Population population, String grader) {
    super(MetricNames.of(MetricNames.ACE, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    EqualMassBins b = EqualMassBins.of(tally.byConfidence(), AdaptiveCalibrationError.BINS);
    long n = b.total();
    if (n == 0) return Optional.empty();
    double[] weights = new double[b.n().length];
    Arrays.fill(weights, 1.0 / weights.length);
    double value = 0;
    for (double gap : b.gap()) value += Math.abs(gap) / weights.length;
    return Optional.of(GapSpread.ofAbsolute(Math.min(1, value), n, b.n(), b.correct(), b.gap(), weights));
  }
}
