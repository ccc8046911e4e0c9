package dev.nescio.metrics;

import java.util.Optional;

/** What the metrics of a {@link CalibrationSummary} share: a name, a direction and a population. */
abstract class CalibrationMetric implements Metric<CalibrationSummary> {

  private final String name;
  private final Direction direction;
  private final Population population;

  /**
   * @param name       the whole name; see {@link MetricNames}
   * @param direction  which way is better
   * @param population the answers it is about
   */
  CalibrationMetric(String name, Direction direction, Population population) {
    this.name = name;
    this.direction = direction;
    this.population = population;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Direction direction() {
    return direction;
  }

  @Override
  public final Optional<Estimate> of(CalibrationSummary summary) {
    return of(summary.view(population), summary.outcomes(population));
  }

  /** The metric of the merged groups of the population; neither argument may be changed. */
  abstract Optional<Estimate> of(Tally tally, OutcomeCounts outcomes);

  /** An estimate, unless it rests on nothing. */
  static Optional<Estimate> share(long successes, long n) {
    return n == 0 ? Optional.empty() : Optional.of(Intervals.wilson(successes, n));
  }
}
