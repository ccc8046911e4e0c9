package dev.nescio.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * Accuracy of the most confident answers at a coverage: the first {@code k = max(1, ceil(coverage n))}, ties split
 * evenly. In [0, 1], higher is better; {@code n} of the estimate is k. See {@link SelectiveAccuracyGridError}.
 *
 * <p>Interval: Wilson's.
 */
public final class SelectiveAccuracy extends CalibrationMetric {

  private final BigDecimal coverage;

  /**
   * @param coverage in (0, 1]
   */
  SelectiveAccuracy(String coverage, Population population, String grader) {
    super(MetricNames.of("selective_accuracy:coverage=" + coverage, population, grader),
        Direction.HIGHER_IS_BETTER, population);
    this.coverage = new BigDecimal(coverage);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    RiskCoverage curve = tally.byConfidence().riskCoverage();
    if (curve.n() == 0) return Optional.empty();
    long k = selected(coverage, curve.n());
    return Optional.of(Intervals.wilson(curve.correctAmong(k), k));
  }

  /** {@code max(1, ceil(coverage n))}. */
  static long selected(BigDecimal coverage, long n) {
    return Math.max(1, coverage.multiply(BigDecimal.valueOf(n)).setScale(0, RoundingMode.CEILING).longValueExact());
  }
}
