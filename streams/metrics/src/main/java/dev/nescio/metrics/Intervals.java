package dev.nescio.metrics;

/** 95 % intervals. Every interval holds its value. */
public final class Intervals {

  /** Two-sided 95 % point of the standard normal distribution. */
  static final double Z = 1.959963984540054;

  private Intervals() {}

  /**
   * Wilson's score interval of a share; never of width zero.
   *
   * @param successes may be fractional where ties are split
   * @param n         above 0
   */
  public static Estimate wilson(double successes, long n) {
    double p = successes / n;
    return bounded(p, n, wilson(p, n, -1), wilson(p, n, 1));
  }

  /** One end of Wilson's interval; {@code side} is -1 or 1. */
  static double wilson(double p, double n, int side) {
    double centre = p + Z * Z / (2 * n);
    double half = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    return Math.clamp((centre + side * half) / (1 + Z * Z / n), 0, 1);
  }

  /**
   * A share minus an independent one, with Newcombe's hybrid of their two Wilson intervals; {@code n} is of both.
   *
   * <p>Source: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.
   */
  static Estimate difference(Estimate first, Estimate second) {
    double value = first.value() - second.value();
    double below = Math.hypot(first.value() - first.low(), second.high() - second.value());
    double above = Math.hypot(first.high() - first.value(), second.value() - second.low());
    return bounded(value, first.n() + second.n(), Math.max(-1, value - below), Math.min(1, value + above));
  }

  /** Normal approximation, cut to the range of the metric. */
  static Estimate normal(double value, double variance, long n, double min, double max) {
    double half = Z * Math.sqrt(Math.max(0, variance));
    return bounded(value, n, Math.max(min, value - half), Math.min(max, value + half));
  }

  /** Mean of n terms with the given mean of squares; the whole range for a single term, which has no spread. */
  static Estimate mean(double mean, double meanOfSquares, long n, double min, double max) {
    if (n < 2) return new Estimate(mean, n, min, max);
    return normal(mean, (meanOfSquares - mean * mean) / (n - 1), n, min, max);
  }

  /**
   * Delta method for a function of multinomial shares, with the variance at shares smoothed by one observation each, so
   * that outcomes not yet seen still count.
   *
   * @param gradient of the function by the four shares, at {@link #smoothed}
   */
  static Estimate multinomial(double value, OutcomeCounts counts, double[] gradient, double min, double max) {
    double[] p = smoothed(counts);
    double mean = 0;
    double square = 0;
    for (int i = 0; i < p.length; i++) {
      mean += p[i] * gradient[i];
      square += p[i] * gradient[i] * gradient[i];
    }
    return normal(value, (square - mean * mean) / counts.n(), counts.n(), min, max);
  }

  /** Shares of a, b, c, d after one more of each. */
  static double[] smoothed(OutcomeCounts counts) {
    double n = counts.n() + 4;
    return new double[] {(counts.a() + 1) / n, (counts.b() + 1) / n, (counts.c() + 1) / n, (counts.d() + 1) / n};
  }

  /** An estimate whose interval is widened, by rounding errors only, to hold the value. */
  static Estimate bounded(double value, long n, double low, double high) {
    return new Estimate(value, n, Math.min(low, value), Math.max(high, value));
  }
}
