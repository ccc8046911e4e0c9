package dev.nescio.metrics;

import java.util.Optional;

/**
 * Share of incorrect among those flagged {@code IDK}: {@code B/(A + B)}. In [0, 1], higher is better; empty when
 * nothing is flagged.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class IdkPrecision extends CalibrationMetric {

  IdkPrecision(Population population, String grader) {
    super(MetricNames.of(MetricNames.IDK_PRECISION, population, grader), Direction.HIGHER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.b(), o.a() + o.b());
  }
}
