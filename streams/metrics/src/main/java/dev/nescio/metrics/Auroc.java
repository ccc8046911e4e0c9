package dev.nescio.metrics;

import java.util.Optional;

/**
 * Area under the ROC curve of the confidence: P(a correct answer has the higher confidence) + ½ P(tied). In [0, 1],
 * .5 by chance, higher is better. On the grid; see {@link AurocGridError}. Empty when all answers are correct or all
 * incorrect.
 *
 * <p>Interval: DeLong or Hanley and McNeil, whichever is wider.
 */
public final class Auroc extends CalibrationMetric {

  Auroc(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUROC, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return RankArea.of(tally.byConfidence().correctFromTheTop());
  }
}
