package dev.nescio.metrics;

import java.util.Optional;

/** Area under the precision-recall curve of a {@link Ranking} as a step function: {@code sum_k (R_k - R_{k-1}) P_k}. */
final class AveragePrecision {

  private AveragePrecision() {}

  /**
   * Average precision, ties as one step; empty without positives.
   *
   * <p>Interval: normal on the logit scale with standard error {@code 1 / sqrt(n₊ ap (1 - ap))}; Wilson's at 1.
   *
   * <p>Source: Boyd, Eng and Page 2013, section 3.
   */
  static Optional<Estimate> of(Ranking ranking) {
    double positives = ranking.totalPositives();
    if (positives == 0) return Optional.empty();
    double sum = 0;
    double found = 0;
    double seen = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      found += ranking.positives()[g];
      seen += ranking.size(g);
      sum += ranking.positives()[g] * found / seen;
    }
    double value = Math.min(1, sum / positives);
    if (value == 1) {
      return Optional.of(Intervals.bounded(1, ranking.n(), Intervals.wilson(1, positives, -1), 1));
    }
    double logit = Math.log(value / (1 - value));
    double half = Intervals.Z / Math.sqrt(positives * value * (1 - value));
    return Optional.of(Intervals.bounded(value, ranking.n(), logistic(logit - half), logistic(logit + half)));
  }

  /**
   * Upper bound of what ties within cells may hide: a group of p positives and q negatives adds between what it would
   * add with all its negatives first and with all its positives first.
   */
  static Optional<Estimate> gridError(Ranking ranking) {
    double positives = ranking.totalPositives();
    if (positives == 0) return Optional.empty();
    double above = 0;
    double below = 0;
    long found = 0;
    long seen = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      long p = ranking.positives()[g];
      long q = ranking.negatives()[g];
      double tied = p * (found + p) / (double) (seen + p + q);
      if (p > 0) {
        above += oneByOne(found, seen, p) - tied;
        below += tied - oneByOne(found, seen + q, p);
      }
      found += p;
      seen += p + q;
    }
    double error = Math.max(0, Math.max(above, below)) / positives;
    return Optional.of(new Estimate(error, ranking.n(), 0, error));
  }

  /** {@code sum_{j=1..p} (found + j) / (seen + j)}. */
  private static double oneByOne(long found, long seen, long p) {
    return p + (found - seen) * Ranking.harmonic(seen, seen + p);
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
