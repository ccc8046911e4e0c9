package dev.nescio.metrics;

import java.util.Arrays;

/**
 * Groups of tied observations, best first.
 *
 * @param positives positives a group
 * @param negatives negatives a group; no group is empty
 */
record Ranking(long[] positives, long[] negatives) {

  /** Terms up to here are added one by one; beyond, the asymptotic series is exact to the last bit or two. */
  private static final long EXACT = 32;

  /** The same order with the classes exchanged. */
  Ranking swapped() {
    return new Ranking(negatives, positives);
  }

  /** Worst first. */
  Ranking reversed() {
    return new Ranking(reversed(positives), reversed(negatives));
  }

  /** Ties broken at best: the positives of each group before its negatives. */
  Ranking positivesFirst() {
    long[] splitPositives = new long[2 * groups()];
    long[] splitNegatives = new long[2 * groups()];
    int n = 0;
    for (int g = 0; g < groups(); g++) {
      if (positives[g] > 0) splitPositives[n++] = positives[g];
      if (negatives[g] > 0) splitNegatives[n++] = negatives[g];
    }
    return new Ranking(Arrays.copyOf(splitPositives, n), Arrays.copyOf(splitNegatives, n));
  }

  /** Ties broken at worst: the negatives of each group before its positives. */
  Ranking negativesFirst() {
    return swapped().positivesFirst().swapped();
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
    double sum = 0;
    long k = from;
    for (long end = Math.min(to, Math.max(EXACT, from + 4)); k < end; ) sum += 1.0 / ++k;
    return k == to ? sum : sum + Math.log1p((to - k) / (double) k) + tail(to) - tail(k);
  }

  /** What the harmonic number of n has beyond ln n and Euler's constant. */
  private static double tail(double n) {
    double square = n * n;
    return 1 / (2 * n) - 1 / (12 * square) + 1 / (120 * square * square) - 1 / (252 * square * square * square);
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
