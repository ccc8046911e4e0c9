package dev.nescio.confidence;

/**
 * Lower tails of binomial distributions of one success probability, for p-values of "the error rate is above alpha".
 * Logarithms of factorials are kept, so a tail costs no more than the terms that count.
 */
final class BinomialTail {

  /** Terms below this share of the sum no longer change it. */
  private static final double NEGLIGIBLE = 1e-18;

  private final double logSuccess;
  private final double logFailure;
  private final double odds;
  /** ln k! for k = 0 to the largest n. */
  private final double[] logFactorial;

  /**
   * @param probability in (0, 1)
   * @param largest     largest number of trials that will be asked for
   */
  BinomialTail(double probability, int largest) {
    this.logSuccess = Math.log(probability);
    this.logFailure = Math.log1p(-probability);
    this.odds = (1 - probability) / probability;
    this.logFactorial = new double[largest + 1];
    for (int k = 2; k <= largest; k++) logFactorial[k] = logFactorial[k - 1] + Math.log(k);
  }

  /** P(at most k successes in n trials), in [0, 1]. */
  double atMost(int k, int n) {
    if (k >= n) return 1;
    double term = 1;
    double sum = 0;
    // Relative to the term of k, the others are products of ratios; above the mean they grow before they shrink.
    for (int i = k; i >= 0 && term > NEGLIGIBLE * sum; i--) {
      sum += term;
      term *= i / (n - i + 1.0) * odds;
    }
    double logTerm = logFactorial[n] - logFactorial[k] - logFactorial[n - k] + k * logSuccess + (n - k) * logFailure;
    return Math.min(1, Math.exp(logTerm + Math.log(sum)));
  }
}
