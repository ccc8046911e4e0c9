package dev.nescio.confidence;

/**
 * A fitted limit: an answer is flagged {@code <IDK>} if and only if its score is above it.
 *
 * @param score   the score that it belongs to; another score needs another threshold
 * @param tau     the limit, in the unit of the score; {@link #FLAGS_EVERYTHING} lies below every score
 * @param target  what it was fitted for
 * @param alpha   bound of the target, in (0, 1); 0 for {@link ThresholdTarget#MAX_NAUPC}, which has none
 * @param delta   allowed probability that the bound does not hold, in (0, 1); 0 where the bound is one on average
 * @param n       calibration answers
 * @param correct of these correct
 */
public record FittedThreshold(
    ThresholdScore score, double tau, ThresholdTarget target, double alpha, double delta, int n, int correct) {

  /** A limit below every score in [0, 1]: no answer can be defended on the labels there are. */
  public static final double FLAGS_EVERYTHING = -1;

  /** A threshold whose bound, if it has one, is one on average. */
  public FittedThreshold(ThresholdScore score, double tau, ThresholdTarget target, double alpha, int n, int correct) {
    this(score, tau, target, alpha, 0, n, correct);
  }
}
