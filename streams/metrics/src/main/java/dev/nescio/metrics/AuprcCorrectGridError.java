package dev.nescio.metrics;

import java.util.Optional;

/**
 * Upper bound of the distance between {@link AuprcCorrect} on the grid and on the confidences themselves; lower is
 * better. The interval is from 0 to the bound.
 */
public final class AuprcCorrectGridError extends CalibrationMetric {

  AuprcCorrectGridError(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUPRC_CORRECT_GRID_ERROR, population, grader),
        Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return AveragePrecision.gridError(tally.byConfidence().correctFromTheTop());
  }
}
