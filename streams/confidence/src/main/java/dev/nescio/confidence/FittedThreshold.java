package dev.nescio.confidence;

/**
 * A fitted limit: an answer is flagged {@code <IDK>} if and only if its score is above it.
 *
 * @param score   the score that it belongs to; another score needs another threshold
 * @param tau     the limit, in the unit of the score
 * @param target  what it was fitted for
 * @param alpha   bound of {@link ThresholdTarget#A_FPR_AT_MOST}, in (0, 1); 0 for the other target
 * @param n       calibration answers
 * @param correct of these correct
 */
public record FittedThreshold(
    ThresholdScore score, double tau, ThresholdTarget target, double alpha, int n, int correct) {}
