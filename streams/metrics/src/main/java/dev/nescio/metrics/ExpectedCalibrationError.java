package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Expected calibration error: {@code sum_m (n_m / n) |acc_m - conf_m|} over right-closed bins of equal width, the first
 * with 0. In [0, 1], lower is better; above 0 even for a calibrated model (see {@link CalibrationNoiseFloor}).
 *
 * <p>Interval: value plus 1.96 standard errors above; below, 1.96 standard errors and the bias of an absolute value are
 * taken off. Both are upper bounds, from the variance of the signed gaps ({@link GapSpread}).
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
    Bins b = tally.cells().bins(bins).occupied();
    long n = b.total();
    if (n == 0) return Optional.empty();
    long gaps = 0;
    for (int m = 0; m < b.count(); m++) gaps += Math.abs(b.excess(m));
    double value = gaps / ((double) n * Observation.ONE);
    return Optional.of(GapSpread.ofAbsolute(value, n, b.n(), b.correct(), b.gaps(), b.shares()));
  }
}
