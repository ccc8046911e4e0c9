package dev.nescio.metrics;

import java.util.Optional;

/**
 * Accuracy with full credit for a justified {@code IDK}: {@code (B + C)/N}. In [0, 1], higher is better.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class UaAccuracy extends CalibrationMetric {

  UaAccuracy(Population population, String grader) {
    super(MetricNames.of(MetricNames.UA_ACCURACY, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.b() + o.c(), o.n());
  }
}
