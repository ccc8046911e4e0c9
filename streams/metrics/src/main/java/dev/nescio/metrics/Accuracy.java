package dev.nescio.metrics;

import java.util.Optional;

/**
 * Share of correct candidates, flagged {@code IDK} or not: {@code (A + C)/N}. In [0, 1], higher is better.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class Accuracy extends CalibrationMetric {

  Accuracy(Population population, String grader) {
    super(MetricNames.of(MetricNames.ACCURACY, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.a() + o.c(), o.n());
  }
}
