package dev.nescio.metrics;

/**
 * Groups of tied observations, best first.
 *
 * @param positives positives a group
 * @param negatives negatives a group; no group is empty
 */
record Ranking(long[] positives, long[] negatives) {

  /** Sums up to here are added term by term; above, the asymptotic series is exact to the last bit or two. */
  private static final int EXACT = 64;

  private static final double EULER = 0.57721566490153286;

  /** The same order with the classes exchanged. */
  Ranking swapped() {
    return new Ranking(negatives, positives);
  }

  /** Worst first. */
  Ranking reversed() {
    return new Ranking(reversed(positives), reversed(negatives));
  }

  int groups() {
    return positives.length;
  }

  long size(int group) {
    return positives[group] + negatives[group];
  }

  long totalPositives() {
    return sum(positives);
  }

  long totalNegatives() {
    return sum(negatives);
  }

  long n() {
    return totalPositives() + totalNegatives();
  }

  /** {@code 1/(from + 1) + ... + 1/to}. */
  static double harmonic(long from, long to) {
    if (to - from <= EXACT) {
      double sum = 0;
      for (long k = from + 1; k <= to; k++) sum += 1.0 / k;
      return sum;
    }
    return harmonic(to) - harmonic(from);
  }

  private static double harmonic(long n) {
    if (n <= EXACT) {
      double sum = 0;
      for (long k = 1; k <= n; k++) sum += 1.0 / k;
      return sum;
    }
    double x = n;
    return Math.log(x) + EULER + 1 / (2 * x) - 1 / (12 * x * x) + 1 / (120 * x * x * x * x);
  }

  private static long[] reversed(long[] values) {
    long[] reversed = new long[values.length];
    for (int i = 0; i < values.length; i++) reversed[i] = values[values.length - 1 - i];
    return reversed;
  }

  private static long sum(long[] values) {
    long sum = 0;
    for (long value : values) sum += value;
    return sum;
  }
}
