package dev.nescio.metrics;

import java.util.Optional;

/**
 * Area under the risk-coverage curve: {@code (1/n) sum_k r_k}, where r_k is the share of incorrect among the k most
 * confident. In [0, 1], lower is better; it depends on the accuracy. On the grid; see {@link AurcGridError}.
 *
 * <p>Interval: normal, with the variance of the influence function; Wilson's of the error rate when all answers are
 * correct or all incorrect; the whole range for one answer.
 *
 * <p>Source: Geifman, Uziel and El-Yaniv 2019 (arXiv 1805.08206).
 */
public final class Aurc extends CalibrationMetric {

  Aurc(Population population, String grader) {
    super(MetricNames.of(MetricNames.AURC, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    RiskCoverage curve = tally.byConfidence().riskCoverage();
    if (curve.n() == 0) return Optional.empty();
    if (curve.n() == 1) return Optional.of(new Estimate(curve.area(), 1, 0, 1));
    // Without both kinds of answer nothing varies; the error rate may still be another, and the area with it.
    if (curve.errorRate() == 0 || curve.errorRate() == 1) {
      return Optional.of(Intervals.wilson(curve.n() * curve.errorRate(), curve.n()));
    }
    return Optional.of(Intervals.normal(curve.area(), curve.variance(0), curve.n(), 0, 1));
  }
}
