package dev.nescio.metrics;

import java.util.Optional;

/**
 * Upper bound of the distance between the AUROC on the grid and on the confidences themselves; lower is better. Answers
 * with exactly equal confidences count too, though the grid costs nothing there. The interval is from 0 to the bound.
 */
public final class AurocGridError extends CalibrationMetric {

  AurocGridError(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUROC_GRID_ERROR, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return RankArea.gridError(tally.byConfidence().correctFromTheTop());
  }
}
