package dev.nescio.metrics;

import java.util.Optional;

/**
 * Share of labelled answers that were given to the user: {@code (C + D)/N}. In [0, 1]; neither way is better by itself.
 *
 * <p>Interval: Wilson's.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 */
public final class Coverage extends CalibrationMetric {

  Coverage(Population population) {
    super(MetricNames.of(MetricNames.COVERAGE, population), Direction.NEITHER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts o) {
    return share(o.c() + o.d(), o.n());
  }
}
