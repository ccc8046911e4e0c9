package dev.nescio.confidence;

/** Logarithms of scores that are probabilities, kept finite. */
final class Probabilities {

  /** Scores nearer to 0 or 1 count as this near: at most 13.8 nats. */
  static final double NEAREST = 1e-6;

  private Probabilities() {}

  /** {@code ln(s / (1 - s))} of the clipped score. */
  static double logit(double score) {
    return log(score) - logOfRest(score);
  }

  /** {@code ln s} of the clipped score. */
  static double log(double score) {
    return Math.log(clipped(score));
  }

  /** {@code ln(1 - s)} of the clipped score. */
  static double logOfRest(double score) {
    return Math.log1p(-clipped(score));
  }

  /** True when every score is in [0, 1]. */
  static boolean areAll(double[] scores) {
    for (double score : scores) if (!(score >= 0 && score <= 1)) return false;
    return true;
  }

  private static double clipped(double score) {
    if (!Double.isFinite(score)) throw new IllegalArgumentException("a raw score is finite, not " + score);
    return Math.clamp(score, NEAREST, 1 - NEAREST);
  }
}
