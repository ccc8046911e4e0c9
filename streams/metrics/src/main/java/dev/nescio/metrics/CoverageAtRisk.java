package dev.nescio.metrics;

import java.util.Optional;

/**
 * The largest share of answers, most confident first, among which at most this share is incorrect; 0 when even the
 * first is above it. In [0, 1], higher is better. On the grid; see {@link CoverageAtRiskGridError}.
 *
 * <p>Interval: the largest coverage at which the risk is surely small enough, to the largest at which it may be, by
 * Wilson's interval of the risk at each coverage. Wide, since each coverage is judged alone.
 *
 * <p>Source: Geifman and El-Yaniv 2017 (arXiv 1705.08500).
 */
public final class CoverageAtRisk extends CalibrationMetric {

  private final double risk;

  CoverageAtRisk(String risk, Population population, String grader) {
    super(MetricNames.of("coverage_at_risk:risk=" + risk, population, grader), Direction.HIGHER_IS_BETTER, population);
    this.risk = Double.parseDouble(risk);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    RiskCoverage curve = tally.byConfidence().riskCoverage();
    double n = curve.n();
    if (n == 0) return Optional.empty();
    long[] ends = curve.coveredByChance(risk);
    return Optional.of(Intervals.bounded(curve.covered(risk) / n, curve.n(), ends[0] / n, ends[1] / n));
  }
}
