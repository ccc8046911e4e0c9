package dev.nescio.metrics;

import java.util.Optional;

/**
 * Accuracy with full penalty for an unnecessary {@code IDK}: {@code (C - A)/N}. In [-1, 1], higher is better.
 *
 * <p>Interval: delta method over the four outcomes.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class CaAccuracy extends CalibrationMetric {

  private static final double[] GRADIENT = {-1, 0, 1, 0};

  CaAccuracy(Population population, String grader) {
    super(MetricNames.of(MetricNames.CA_ACCURACY, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    if (o.n() == 0) return Optional.empty();
    return Optional.of(Intervals.multinomial((o.c() - o.a()) / (double) o.n(), o, GRADIENT, -1, 1));
  }
}
