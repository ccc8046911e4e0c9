package dev.nescio.metrics;

import java.util.Optional;

/**
 * Share of flagged {@code IDK} among the incorrect: {@code B/(B + D)}. In [0, 1], higher is better; empty when
 * nothing is incorrect.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class IdkRecall extends CalibrationMetric {

  IdkRecall(Population population, String grader) {
    super(MetricNames.of(MetricNames.IDK_RECALL, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.b(), o.b() + o.d());
  }
}
