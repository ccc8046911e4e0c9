package dev.nescio.evaluation;

/**
 * Confidence bounds of the mean of independent values in [0, 1], which hold for every n: no normal approximation, so
 * they can be asked for a chance of one in a million.
 *
 * <p>Source: Chernoff's bound with the Kullback-Leibler divergence of Bernoulli variables (Hoeffding 1963, theorem 1).
 * It covers values with different means too, since the bound is worst when they agree.
 */
final class MeanBounds {

  private static final int STEPS = 60;

  private MeanBounds() {}

  /**
   * Largest q at or below the mean with {@code n kl(mean, q) >= ln(1 / error)}; the true mean is below q with that
   * chance at most.
   */
  static double lower(double mean, long n, double error) {
    double low = 0;
    double high = mean;
    double needed = Math.log(1 / error) / n;
    for (int step = 0; step < STEPS; step++) {
      double middle = (low + high) / 2;
      if (divergence(mean, middle) > needed) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The same from above. */
  static double upper(double mean, long n, double error) {
    return 1 - lower(1 - mean, n, error);
  }

  /** kl(p, q) in nats. */
  static double divergence(double p, double q) {
    return term(p, q) + term(1 - p, 1 - q);
  }

  private static double term(double p, double q) {
    if (p <= 0) return 0;
    return q <= 0 ? Double.POSITIVE_INFINITY : p * Math.log(p / q);
  }
}
