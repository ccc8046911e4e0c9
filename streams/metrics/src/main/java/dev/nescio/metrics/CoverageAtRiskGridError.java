package dev.nescio.metrics;

import java.util.Optional;

/**
 * Upper bound of the distance between {@link CoverageAtRisk} on the grid and on the confidences themselves: the farther
 * of what it would be with the answers of each cell in their best and in their worst order. Lower is better; the
 * interval is from 0 to the bound.
 */
public final class CoverageAtRiskGridError extends CalibrationMetric {

  private final double risk;

  CoverageAtRiskGridError(String risk, Population population, String grader) {
    super(MetricNames.of("coverage_at_risk_grid_error:risk=" + risk, population, grader),
        Direction.LOWER_IS_BETTER, population);
    this.risk = Double.parseDouble(risk);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Ranking ranking = tally.byConfidence().correctFromTheTop();
    long n = ranking.n();
    if (n == 0) return Optional.empty();
    long value = tally.byConfidence().riskCoverage().covered(risk);
    long best = new RiskCoverage(ranking.positivesFirst()).covered(risk);
    long worst = new RiskCoverage(ranking.negativesFirst()).covered(risk);
    double error = Math.max(best - value, value - worst) / (double) n;
    return Optional.of(new Estimate(error, n, 0, error));
  }
}
