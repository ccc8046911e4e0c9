package dev.nescio.metrics;

/**
 * How far the gaps between mean confidence and accuracy of bins may be off by chance, with accuracies smoothed as
 * (k + 1)/(n + 2) so that a bin without an error still counts.
 */
final class GapSpread {

  private GapSpread() {}

  /** Variance of the gap of a bin that is not empty. */
  static double variance(long n, long correct) {
    double accuracy = (correct + 1) / (n + 2.0);
    return accuracy * (1 - accuracy) / n;
  }

  /**
   * Interval of a weighted sum of absolute gaps: 1.96 standard errors above; below, 1.96 standard errors and the bias
   * of absolute values are taken off. Both are upper bounds.
   *
   * @param value   the sum
   * @param n       observations in all
   * @param bin     [m] observations a bin, none empty
   * @param correct [m] of these correct
   * @param gap     [m] mean confidence minus accuracy
   * @param weight  [m]
   */
  static Estimate ofAbsolute(double value, long n, long[] bin, long[] correct, double[] gap, double[] weight) {
    double variance = 0;
    double bias = 0;
    for (int m = 0; m < bin.length; m++) {
      double spread = variance(bin[m], correct[m]);
      variance += weight[m] * weight[m] * spread;
      bias += weight[m] * Math.sqrt(2 * spread / Math.PI) * Math.exp(-gap[m] * gap[m] / (2 * spread));
    }
    double half = Intervals.Z * Math.sqrt(variance);
    return Intervals.bounded(value, n, Math.max(0, value - bias - half), Math.min(1, value + half));
  }

  /**
   * A weighted sum of squared gaps with its interval: normal, the bias (the sum of the variances of the gaps) taken off
   * below. Arguments as of {@link #ofAbsolute}, the weights with sum 1.
   */
  static Estimate ofSquares(long n, long[] bin, long[] correct, double[] gap, double[] weight) {
    double square = 0;
    double bias = 0;
    double variance = 0;
    for (int m = 0; m < bin.length; m++) {
      double spread = variance(bin[m], correct[m]);
      square += weight[m] * gap[m] * gap[m];
      bias += weight[m] * spread;
      variance += weight[m] * weight[m] * (4 * gap[m] * gap[m] * spread + 2 * spread * spread);
    }
    double half = Intervals.Z * Math.sqrt(variance);
    return Intervals.bounded(square, n, Math.max(0, square - bias - half), Math.min(1, square + half));
  }
}
