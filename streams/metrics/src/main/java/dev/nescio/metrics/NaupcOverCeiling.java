package dev.nescio.metrics;

import java.util.Optional;

/**
 * nAUPC over the best that the same accuracy allows ({@link OutcomeCounts#naupcOverCeiling}). In [-2/3, 1], higher is
 * better; empty without a correct answer.
 *
 * <p>Interval: delta method over the four outcomes, by the quotient rule.
 */
public final class NaupcOverCeiling extends CalibrationMetric {

  private static final double MIN = -2.0 / 3;

  NaupcOverCeiling(Population population, String grader) {
    super(MetricNames.of(MetricNames.NAUPC_OVER_CEILING, population, grader),
        Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return o.naupcOverCeiling()
        .map(value -> Intervals.multinomial(value, o, gradient(Intervals.smoothed(o)), MIN, 1));
  }

  private static double[] gradient(double[] p) {
    double accuracy = p[0] + p[2];
    double ceiling = 50 * accuracy * (1 + accuracy);
    double slope = 50 * (1 + 2 * accuracy);
    double ratio = OutcomeCounts.naupcOverCeiling(p[0], p[1], p[2]);
    double[] g = Naupc.gradient(p);
    return new double[] {(g[0] - ratio * slope) / ceiling, g[1] / ceiling, (g[2] - ratio * slope) / ceiling, 0};
  }
}
