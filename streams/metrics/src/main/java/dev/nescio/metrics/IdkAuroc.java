package dev.nescio.metrics;

import java.util.Optional;

/**
 * Area under the ROC curve of p_idk for incorrect answers: P(an incorrect answer has the higher p_idk) + ½ P(tied). In
 * [0, 1], .5 by chance, higher is better. On a grid that is fine towards 0 and 1; see {@link IdkAurocGridError}.
 *
 * <p>Interval: DeLong or Hanley and McNeil, whichever is wider.
 */
public final class IdkAuroc extends CalibrationMetric {

  IdkAuroc(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUROC_P_IDK, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return RankArea.of(tally.byIdk().incorrectFromTheTop());
  }
}
