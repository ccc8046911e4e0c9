package dev.nescio.metrics;

import java.util.Optional;

/**
 * Share of correct answers wrongly flagged {@code IDK}: {@code A/(A + C)}. In [0, 1], lower is better; empty without
 * a correct answer.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class AFpr extends CalibrationMetric {

  AFpr(Population population, String grader) {
    super(MetricNames.of(MetricNames.A_FPR, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.a(), o.a() + o.c());
  }
}
