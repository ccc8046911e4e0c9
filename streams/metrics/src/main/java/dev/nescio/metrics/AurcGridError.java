package dev.nescio.metrics;

import java.util.Optional;

/**
 * Upper bound of the distance between {@link Aurc} (and so {@link ExcessAurc} and {@link Auarc}) on the grid and on the
 * confidences themselves; lower is better. The interval is from 0 to the bound.
 */
public final class AurcGridError extends CalibrationMetric {

  AurcGridError(Population population, String grader) {
    super(MetricNames.of(MetricNames.AURC_GRID_ERROR, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    RiskCoverage curve = tally.byConfidence().riskCoverage();
    if (curve.n() == 0) return Optional.empty();
    double error = curve.gridError();
    return Optional.of(new Estimate(error, curve.n(), 0, error));
  }
}
