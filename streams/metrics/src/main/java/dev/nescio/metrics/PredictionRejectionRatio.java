package dev.nescio.metrics;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * Prediction rejection ratio: how much of what the best order would gain over a random one the order by confidence
 * gains, {@code (r - A)/(r - A*)}, where r is the error rate, A the mean risk over coverages from one minus the largest
 * rejection to one, and A* that of the best order. 1 is the best order, 0 a random one; at most 1, higher is better.
 * Empty when all answers are correct or all incorrect. On the grid; see {@link PredictionRejectionRatioGridError}.
 *
 * <p>Interval: delta method with the influence function of the mean risk; the slope of A* in r is
 * {@code -ln max(smallest coverage, 1 - r)} over the largest rejection.
 *
 * <p>Source: Malinin and Gales 2021 (arXiv 2002.07650), appendix; LM-Polygraph, with the mean for the random order.
 */
public final class PredictionRejectionRatio extends CalibrationMetric {

  private final BigDecimal rejection;

  PredictionRejectionRatio(String rejection, Population population, String grader) {
    super(MetricNames.of("prr:rejection=" + rejection, population, grader), Direction.HIGHER_IS_BETTER, population);
    this.rejection = new BigDecimal(rejection);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    RiskCoverage curve = tally.byConfidence().riskCoverage();
    long n = curve.n();
    long first = first(rejection, n);
    if (first > n) return Optional.empty();
    double rate = curve.errorRate();
    double range = rate - curve.bestArea(first);
    if (rate == 0 || rate == 1 || !(range > 0)) return Optional.empty();
    double value = (rate - curve.area(first)) / range;
    double smallest = (first - 1) / (double) n;
    double smoothed = (rate * n + 1) / (n + 2);
    double slope = -Math.log(Math.max(smallest, 1 - smoothed)) / (1 - smallest);
    double variance = curve.variance(first, 1 - value * (1 - slope)) / (range * range);
    return Optional.of(Intervals.normal(value, variance, n, Double.NEGATIVE_INFINITY, 1));
  }

  /** The smallest number of answers kept: n minus the whole part of the largest rejection of n, plus one. */
  static long first(BigDecimal rejection, long n) {
    return n - rejection.multiply(BigDecimal.valueOf(n)).toBigInteger().longValueExact() + 1;
  }
}
