package dev.nescio.metrics;

/**
 * A value with its 95 % interval.
 *
 * @param value the metric
 * @param n     observations it rests on
 * @param low   lower end of the interval, at most {@code value}
 * @param high  upper end of the interval
 */
public record Estimate(double value, long n, double low, double high) {
  public Estimate {
    if (!Double.isFinite(value) || !Double.isFinite(low) || !Double.isFinite(high)) {
      throw new IllegalArgumentException("an estimate is finite: " + value + " [" + low + ", " + high + "]");
    }
  }
}
