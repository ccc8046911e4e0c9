package dev.nescio.metrics;

/**
 * The risk-coverage curve of a {@link Ranking} with correct as positive: the share of incorrect among the k most
 * confident, for k = 1 to n; tied answers count with the mean of their group.
 *
 * <p>Source: Geifman and El-Yaniv 2017 (arXiv 1705.08500); Geifman, Uziel and El-Yaniv 2019 (arXiv 1805.08206).
 */
final class RiskCoverage {

  private final Ranking ranking;
  private final long n;
  private final long incorrect;

  RiskCoverage(Ranking ranking) {
    this.ranking = ranking;
    this.n = ranking.n();
    this.incorrect = ranking.totalNegatives();
  }

  long n() {
    return n;
  }

  /** Mean risk over all coverages. */
  double area() {
    double sum = 0;
    long seen = 0;
    long wrong = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      long size = ranking.size(g);
      double share = ranking.negatives()[g] / (double) size;
      // Risk at k is (wrong + (k - seen) share) / k.
      sum += share * size + (wrong - seen * share) * Ranking.harmonic(seen, seen + size);
      seen += size;
      wrong += ranking.negatives()[g];
    }
    return Math.clamp(sum / n, 0, 1);
  }

  /** Area when every correct answer comes first. */
  double bestArea() {
    return (incorrect - (n - incorrect) * Ranking.harmonic(n - incorrect, n)) / n;
  }

  /** Bound of what ties within cells may hide: in a group of g with m incorrect, at most m (g - m)/g at any k. */
  double gridError() {
    double sum = 0;
    long seen = 0;
    for (int g = 0; g < ranking.groups(); g++) {
      long size = ranking.size(g);
      double deviation = ranking.positives()[g] * (double) ranking.negatives()[g] / size;
      if (deviation > 0) sum += deviation * Ranking.harmonic(seen, seen + size);
      seen += size;
    }
    return Math.min(1, sum / n);
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
}
