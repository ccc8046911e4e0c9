package dev.nescio.metrics;

import java.util.Optional;

/** The area under the ROC curve of a {@link Ranking}: P(positive before negative) + ½ P(tied). */
final class RankArea {

  private RankArea() {}

  /**
   * Area with its interval; empty without positives or without negatives.
   *
   * <p>The variance is the larger of DeLong's, from the placements of every observation, and Hanley and McNeil's at
   * the area smoothed by half a pair: DeLong's is 0 for perfectly separated classes, however few.
   *
   * <p>Source: DeLong, DeLong and Clarke-Pearson 1988; Hanley and McNeil 1982.
   */
  static Optional<Estimate> of(Ranking ranking) {
    double positives = ranking.totalPositives();
    double negatives = ranking.totalNegatives();
    if (positives == 0 || negatives == 0) return Optional.empty();
    double placed = 0;
    double positiveSquares = 0;
    double negativeSquares = 0;
    double positivesBefore = 0;
    double negativesAfter = negatives;
    for (int g = 0; g < ranking.groups(); g++) {
      double p = ranking.positives()[g];
      double q = ranking.negatives()[g];
      double beaten = negativesAfter - q / 2;
      double beatenBy = positivesBefore + p / 2;
      placed += p * beaten;
      positiveSquares += p * beaten * beaten;
      negativeSquares += q * beatenBy * beatenBy;
      positivesBefore += p;
      negativesAfter -= q;
    }
    double pairs = positives * negatives;
    double area = placed / pairs;
    double variance = Math.max(
        variance(positiveSquares / positives / negatives / negatives, area, positives)
            + variance(negativeSquares / negatives / positives / positives, area, negatives),
        hanleyMcNeil((placed + .5) / (pairs + 1), positives, negatives));
    return Optional.of(Intervals.normal(area, variance, ranking.n(), 0, 1));
  }

  /**
   * Upper bound of what ties within cells may hide: {@code sum_g p_g q_g / (2 n₊ n₋)}; ties of equal scores count too.
   */
  static Optional<Estimate> gridError(Ranking ranking) {
    double pairs = (double) ranking.totalPositives() * ranking.totalNegatives();
    if (pairs == 0) return Optional.empty();
    double tied = 0;
    for (int g = 0; g < ranking.groups(); g++) tied += (double) ranking.positives()[g] * ranking.negatives()[g];
    double error = tied / pairs / 2;
    return Optional.of(new Estimate(error, ranking.n(), 0, error));
  }

  private static double variance(double meanOfSquares, double mean, double n) {
    return n < 2 ? 0 : Math.max(0, meanOfSquares - mean * mean) / (n - 1);
  }

  private static double hanleyMcNeil(double area, double positives, double negatives) {
    double twoPositives = area / (2 - area) - area * area;
    double twoNegatives = 2 * area * area / (1 + area) - area * area;
    return (area * (1 - area) + (positives - 1) * twoPositives + (negatives - 1) * twoNegatives)
        / (positives * negatives);
  }
}
