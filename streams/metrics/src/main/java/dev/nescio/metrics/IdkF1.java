package dev.nescio.metrics;

import java.util.Optional;

/**
 * Harmonic mean of IDK precision and recall: {@code 2B/(2B + A + D)}. In [0, 1], higher is better; empty when nothing
 * is flagged or nothing is incorrect.
 *
 * <p>Interval: Wilson's of the share {@code q = B/(A + B + D)}, since F1 is {@code 2q/(1 + q)}.
 */
public final class IdkF1 extends CalibrationMetric {

  IdkF1(Population population, String grader) {
    super(MetricNames.of(MetricNames.IDK_F1, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    if (o.a() + o.b() == 0 || o.b() + o.d() == 0) return Optional.empty();
    return share(o.b(), o.a() + o.b() + o.d())
        .map(e -> Intervals.bounded(f1(e.value()), e.n(), f1(e.low()), f1(e.high())));
  }

  private static double f1(double q) {
    return 2 * q / (1 + q);
  }
}
