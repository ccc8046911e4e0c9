package dev.nescio.metrics;

import java.util.Optional;

/**
 * Area under the accuracy-rejection curve: {@code 1 - AURC}, the accuracy of the k most confident, averaged over k. In
 * [0, 1], higher is better.
 *
 * <p>Interval: that of {@link Aurc}, mirrored.
 *
 * <p>Source: Nadeem, Zucker and Hanczar 2009.
 */
public final class Auarc extends CalibrationMetric {

  private final Aurc aurc;

  Auarc(Population population, String grader) {
    super(MetricNames.of(MetricNames.AUARC, population, grader), Direction.HIGHER_IS_BETTER, population);
    this.aurc = new Aurc(population, grader);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    return aurc.of(tally, outcomes)
        .map(e -> Intervals.bounded(1 - e.value(), e.n(), 1 - e.high(), 1 - e.low()));
  }
}
