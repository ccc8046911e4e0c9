package dev.nescio.metrics;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * Upper bound of the distance between {@link PredictionRejectionRatio} on the grid and on the confidences themselves;
 * lower is better. The interval is from 0 to the bound.
 */
public final class PredictionRejectionRatioGridError extends CalibrationMetric {

  private final BigDecimal rejection;

  PredictionRejectionRatioGridError(String rejection, Population population, String grader) {
    super(MetricNames.of("prr_grid_error:rejection=" + rejection, population, grader),
        Direction.LOWER_IS_BETTER, population);
    this.rejection = new BigDecimal(rejection);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    RiskCoverage curve = tally.byConfidence().riskCoverage();
    long n = curve.n();
    long first = PredictionRejectionRatio.first(rejection, n);
    if (first > n || curve.errorRate() == 0 || curve.errorRate() == 1) return Optional.empty();
    double range = curve.errorRate() - curve.bestArea(first);
    if (!(range > 0)) return Optional.empty();
    double error = curve.gridError(first) / range;
    return Optional.of(new Estimate(error, n, 0, error));
  }
}
