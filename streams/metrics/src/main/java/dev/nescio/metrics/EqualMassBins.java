package dev.nescio.metrics;

import java.util.stream.IntStream;

/**
 * Confidences in bins of as equal a number of answers as whole cells of the grid allow, by rising confidence: sizes
 * that differ by at most one are aimed at, larger first, and each cut goes to the nearest edge of a cell. Bins that
 * would be empty are left out. The confidence of a cell is taken as its middle.
 *
 * @param n             [m] answers a bin
 * @param correct       [m] of these correct
 * @param gap           [m] mean confidence minus accuracy
 * @param weightedError bound of what the grid may hide in the mean of absolute gaps weighted by {@code n}
 * @param plainError    the same for the plain mean
 */
record EqualMassBins(long[] n, long[] correct, double[] gap, double weightedError, double plainError) {

  /** The middle of a cell is at most this far from a confidence in it. */
  private static final double HALF_CELL = .5 / RankScale.CELLS;

  /** At most this many bins, fewer when fewer cells are occupied; none without answers. */
  static EqualMassBins of(RankGrid grid, int bins) {
    Ranking ascending = grid.correctFromTheTop().reversed();
    int groups = ascending.groups();
    int count = Math.min(bins, groups);
    long total = ascending.n();
    int[] cuts = new int[count + 1];
    long[] straddling = new long[count + 1];
    cuts[count] = groups;
    long before = 0;
    for (int k = 1, g = 0; k < count; k++) {
      long target = k * (total / count) + Math.min(k, total % count);
      while (before + ascending.size(g) <= target) before += ascending.size(g++);
      long size = ascending.size(g);
      cuts[k] = target - before <= before + size - target ? g : g + 1;
      straddling[k] = target == before ? 0 : size;
    }
    int[] kept = IntStream.range(0, count).filter(k -> cuts[k] < cuts[k + 1]).toArray();
    double[] middles = grid.middles();
    long[] n = new long[kept.length];
    long[] correct = new long[kept.length];
    double[] gap = new double[kept.length];
    double weighted = HALF_CELL;
    double plain = HALF_CELL;
    for (int b = 0; b < kept.length; b++) {
      double confidence = 0;
      for (int g = cuts[kept[b]]; g < cuts[kept[b] + 1]; g++) {
        n[b] += ascending.size(g);
        correct[b] += ascending.positives()[g];
        confidence += middles[g] * ascending.size(g);
      }
      gap[b] = (confidence - correct[b]) / n[b];
      long moved = straddling[kept[b]] + straddling[kept[b] + 1];
      // Each answer moved changes a sum of gaps by at most 1, and a mean of a bin by at most 2 over its size.
      weighted += moved / (double) total;
      plain += 2.0 * moved / n[b] / kept.length;
    }
    // With fewer cells than bins the confidences themselves may have had more bins.
    boolean merged = count < bins && groups < total;
    return new EqualMassBins(n, correct, gap, merged ? 1 : Math.min(1, weighted),
        merged || kept.length < count ? 1 : Math.min(1, plain));
  }

  long total() {
    long sum = 0;
    for (long size : n) sum += size;
    return sum;
  }
}
