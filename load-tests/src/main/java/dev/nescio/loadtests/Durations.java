package dev.nescio.loadtests;

import org.HdrHistogram.Histogram;

/** Durations of one kind, to three significant digits. Negative ones, from clocks that disagree, are counted apart. */
final class Durations {

  private static final int SIGNIFICANT_DIGITS = 3;
  private static final double MICROS_PER_MILLI = 1e3;

  private final Histogram histogram = new Histogram(SIGNIFICANT_DIGITS);
  private long negative;

  void addMicros(long micros) {
    if (micros < 0) negative++;
    else histogram.recordValue(micros);
  }

  void addNanos(long nanos) {
    addMicros(Math.floorDiv(nanos, 1_000));
  }

  Summary summary() {
    if (histogram.getTotalCount() == 0) return new Summary(0, negative, null, null, null, null, null, null);
    return new Summary(histogram.getTotalCount(), negative, histogram.getMean() / MICROS_PER_MILLI, at(50), at(90),
        at(99), at(99.9), histogram.getMaxValue() / MICROS_PER_MILLI);
  }

  private Double at(double percentile) {
    return histogram.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
  }

  /**
   * Percentiles in milliseconds; null when there is no duration.
   *
   * @param count    durations that the percentiles are of
   * @param negative durations below 0, which are in none of them
   */
  record Summary(
      long count, long negative, Double meanMillis, Double p50Millis, Double p90Millis, Double p99Millis,
      Double p999Millis, Double maxMillis) {}
}
