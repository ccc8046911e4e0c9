package dev.nescio.metrics;

/**
 * The risk-coverage curve of a {@link Ranking} with correct as positive: the share of incorrect among the k most
 * confident, for k = 1 to n; tied answers count with the mean of their group.
 *
 * <p>Source: Geifman and El-Yaniv 2017 (arXiv 1705.08500); Geifman, Uziel and El-Yaniv 2019 (arXiv 1805.08206).
 */
final class RiskCoverage {

  /** Counts are whole, so anything below this is a rounding error. */
  private static final double ROUNDING = 1e-9;

  private final Ranking ranking;
  private final long n;
  private final long incorrect;
  /** The sum of 1/k over each group; made once, since a logarithm a group is what most of these sums cost. */
  private double[] harmonics;

  RiskCoverage(Ranking ranking) {
    this.ranking = ranking;
    this.n = ranking.n();
    this.incorrect = ranking.totalNegatives();
  }

  long n() {
    return n;
  }

  /** {@code 1/(from + 1) + ... + 1/(end of the group)}; {@code seen} come before the group. */
  private double harmonic(int group, long seen, long from) {
    if (from > seen) return Ranking.harmonic(from, seen + ranking.size(group));
    if (harmonics == null) {
      harmonics = new double[ranking.groups()];
      long before = 0;
      for (int g = 0; g < harmonics.length; g++) {
        harmonics[g] = Ranking.harmonic(before, before + ranking.size(g));
        before += ranking.size(g);
      }
    }
    return harmonics[group];
  }

  /** Risk of all answers; there must be one. */
  double errorRate() {
    return incorrect / (double) n;
  }

  /** Mean risk over all coverages. */
  double area() {
    return area(1);
  }

  /** Mean risk of the first k for k = first to n. */
  double area(long first) {
    double sum = 0;
    long seen = 0;
    long wrong = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      long size = ranking.size(g);
      long from = Math.max(seen, first - 1);
      if (from < seen + size) {
        double share = ranking.negatives()[g] / (double) size;
        // Risk at k is (wrong + (k - seen) share) / k.
        sum += share * (seen + size - from) + (wrong - seen * share) * harmonic(g, seen, from);
      }
      seen += size;
      wrong += ranking.negatives()[g];
    }
    return Math.clamp(sum / (n - first + 1), 0, 1);
  }

  /** Area when every correct answer comes first. */
  double bestArea() {
    return bestArea(1);
  }

  /** {@link #area(long)} when every correct answer comes first. */
  double bestArea(long first) {
    long from = Math.max(n - incorrect, first - 1);
    return (n - from - (n - incorrect) * Ranking.harmonic(from, n)) / (n - first + 1);
  }

  /** Bound of what ties within cells may hide: in a group of g with m incorrect, at most m (g - m)/g at any k. */
  double gridError() {
    return gridError(1);
  }

  /** The same for {@link #area(long)}. */
  double gridError(long first) {
    double sum = 0;
    long seen = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      long size = ranking.size(g);
      long from = Math.max(seen, first - 1);
      double deviation = ranking.positives()[g] * (double) ranking.negatives()[g] / size;
      if (deviation > 0 && from < seen + size) sum += deviation * harmonic(g, seen, from);
      seen += size;
    }
    return Math.min(1, sum / (n - first + 1));
  }

  /** The largest k whose risk is at most this; 0 for none. */
  long covered(double risk) {
    long best = 0;
    long seen = 0;
    long wrong = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      long size = ranking.size(g);
      double share = ranking.negatives()[g] / (double) size;
      // wrong + (k - seen) share <= risk k; within a group the risk moves towards its share.
      double slack = seen * share - wrong + ROUNDING;
      long k = share <= risk ? seen + size : (long) Math.min(seen + size, Math.floor(slack / (share - risk)));
      if (k > seen && wrong + (k - seen) * share <= risk * k + ROUNDING) best = k;
      seen += size;
      wrong += ranking.negatives()[g];
    }
    return best;
  }

  /**
   * What {@link #covered} may be by chance: at least the last group whose risk, at the upper end of Wilson's interval,
   * is small enough; at most one group beyond the last whose risk is so at the lower end.
   */
  long[] coveredByChance(double risk) {
    long low = 0;
    long high = ranking.groups() == 0 ? 0 : ranking.size(0);
    long seen = 0;
    long wrong = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      seen += ranking.size(g);
      wrong += ranking.negatives()[g];
      double p = wrong / (double) seen;
      if (Intervals.wilson(p, seen, 1) <= risk) low = seen;
      if (Intervals.wilson(p, seen, -1) <= risk) {
        high = g + 1 < ranking.groups() ? seen + ranking.size(g + 1) : seen;
      }
    }
    return new long[] {low, high};
  }

  /** Correct among the first k, ties split evenly. */
  double correctAmong(long k) {
    double correct = 0;
    long left = k;
    for (int g = 0; g < ranking.groups() && left > 0; g++) {
      long taken = Math.min(left, ranking.size(g));
      correct += taken * (ranking.positives()[g] / (double) ranking.size(g));
      left -= taken;
    }
    return correct;
  }

  /**
   * Variance of the area, by its influence function: an answer with loss l at rank x moves it by
   * {@code R(x) - AURC + E[(l - R(X)) / G(X); X at or below x]}, where R is the risk and G the coverage down to a rank.
   *
   * @param byRate subtracted once per {@code (l - rate)}: the slope of a term of the error rate that is taken off
   */
  double variance(double byRate) {
    int groups = ranking.groups();
    double[] risk = new double[groups];
    double[] perCoverage = new double[groups];
    double[] riskPerCoverage = new double[groups];
    long seen = 0;
    long wrong = 0;
    for (int g = 0; g < groups; g++) {
      seen += ranking.size(g);
      wrong += ranking.negatives()[g];
      risk[g] = wrong / (double) seen;
      perCoverage[g] = ranking.size(g) / (double) seen;
      riskPerCoverage[g] = perCoverage[g] * risk[g];
    }
    double area = 0;
    for (int g = 0; g < groups; g++) area += risk[g] * ranking.size(g) / n;
    double rate = incorrect / (double) n;
    double below = 0;
    double riskBelow = 0;
    double sum = 0;
    double squares = 0;
    for (int g = groups - 1; g >= 0; g--) {
      below += perCoverage[g];
      riskBelow += riskPerCoverage[g];
      double base = risk[g] - area - riskBelow;
      double right = base + byRate * rate;
      double wrongMove = base + below - byRate * (1 - rate);
      sum += ranking.positives()[g] * right + ranking.negatives()[g] * wrongMove;
      squares += ranking.positives()[g] * right * right + ranking.negatives()[g] * wrongMove * wrongMove;
    }
    double mean = sum / n;
    return Math.max(0, squares / n - mean * mean) / Math.max(1, n - 1);
  }

  /**
   * Variance of {@link #area(long)}, by its influence function at fixed coverages: an answer with loss l at rank u
   * moves the risk at coverage c by {@code ((l - e(c)) [u <= c] + constant) / c}, with the loss e(c) at that rank.
   *
   * @param byRate subtracted once per loss: the slope of a term of the error rate that is taken off
   */
  double variance(long first, double byRate) {
    int groups = ranking.groups();
    double scale = n / (double) (n - first + 1);
    double below = 0;
    double lossBelow = 0;
    double sum = 0;
    double squares = 0;
    long end = n;
    for (int g = groups - 1; g >= 0; g--) {
      long seen = end - ranking.size(g);
      long from = Math.max(seen, first - 1);
      double own = from < end ? harmonic(g, seen, from) : 0;
      double loss = ranking.negatives()[g] / (double) ranking.size(g);
      double weight = scale * (below + own / 2);
      double right = -scale * (lossBelow + own * loss / 2);
      double wrong = right + weight - byRate;
      sum += ranking.positives()[g] * right + ranking.negatives()[g] * wrong;
      squares += ranking.positives()[g] * right * right + ranking.negatives()[g] * wrong * wrong;
      below += own;
      lossBelow += own * loss;
      end = seen;
    }
    double mean = sum / n;
    return Math.max(0, squares / n - mean * mean) / Math.max(1, n - 1);
  }
}
