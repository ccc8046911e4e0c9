package dev.nescio.metrics;

import java.util.Optional;

/**
 * Share of labelled answers flagged {@code IDK}: {@code (A + B)/N}. In [0, 1]; neither way is better by itself.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class IdkRate extends CalibrationMetric {

  IdkRate(Population population) {
    super(MetricNames.of(MetricNames.IDK_RATE, population), Direction.NEITHER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.a() + o.b(), o.n());
  }
}
