package dev.nescio.metrics;

import java.util.Optional;

/**
 * Upper bound of the distance between the AUROC of p_idk on the grid and on p_idk itself; lower is better. The
 * interval is from 0 to the bound.
 */
public final class IdkAurocGridError extends CalibrationMetric {

  IdkAurocGridError(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUROC_P_IDK_GRID_ERROR, population, grader),
        Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return RankArea.gridError(tally.byIdk().incorrectFromTheTop());
  }
}
