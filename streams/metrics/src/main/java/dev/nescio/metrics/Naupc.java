package dev.nescio.metrics;

import java.util.Optional;

/**
 * nAUPC in <em>percent</em>: the product of accuracy with credit and accuracy with penalty, integrated over how much an
 * {@code IDK} counts ({@link OutcomeCounts#naupc}). In [-8.33, 100], higher is better; it rewards accuracy first.
 *
 * <p>Interval: delta method over the four outcomes.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3, in closed form.
 */
public final class Naupc extends CalibrationMetric {

  private static final double MIN = -100.0 / 12;

  Naupc(Population population, String grader) {
    super(MetricNames.of(MetricNames.NAUPC, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return o.naupc().map(value -> Intervals.multinomial(value, o, gradient(Intervals.smoothed(o)), MIN, 100));
  }

  /** By the shares of a, b, c and d. */
  static double[] gradient(double[] p) {
    return new double[] {
      100 * (-p[2] / 2 - p[1] / 3), 100 * (p[2] / 2 - p[0] / 3), 100 * (2 * p[2] + (p[1] - p[0]) / 2), 0
    };
  }
}
