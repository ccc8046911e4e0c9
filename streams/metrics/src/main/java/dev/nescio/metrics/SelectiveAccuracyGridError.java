package dev.nescio.metrics;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * Upper bound of the distance between {@link SelectiveAccuracy} on the grid and on the confidences themselves: the
 * farther of what it would be with the answers of each cell in their best and in their worst order. Lower is better;
 * the interval is from 0 to the bound.
 */
public final class SelectiveAccuracyGridError extends CalibrationMetric {

  private final BigDecimal coverage;

  SelectiveAccuracyGridError(String coverage, Population population, String grader) {
    super(MetricNames.of("selective_accuracy_grid_error:coverage=" + coverage, population, grader),
        Direction.LOWER_IS_BETTER, population);
    this.coverage = new BigDecimal(coverage);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Ranking ranking = tally.byConfidence().correctFromTheTop();
    if (ranking.n() == 0) return Optional.empty();
    long k = SelectiveAccuracy.selected(coverage, ranking.n());
    double value = tally.byConfidence().riskCoverage().correctAmong(k);
    double best = new RiskCoverage(ranking.positivesFirst()).correctAmong(k);
    double worst = new RiskCoverage(ranking.negativesFirst()).correctAmong(k);
    double error = Math.max(0, Math.max(best - value, value - worst)) / k;
    return Optional.of(new Estimate(error, k, 0, error));
  }
}
