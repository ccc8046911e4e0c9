package dev.nescio.trainer.service;

import dev.nescio.confidence.Flagged;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.IdkThreshold;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import java.util.List;
import java.util.Optional;

/**
 * What decides about {@code <IDK>}, before anything is fitted.
 *
 * @param mode   where {@code <IDK>} comes from
 * @param score  the score that a threshold belongs to
 * @param target what the threshold is fitted for
 * @param alpha  bound of the target, in (0, 1)
 */
public record IdkPolicy(IdkMode mode, ThresholdScore score, ThresholdTarget target, double alpha) {

  /** Allowed probability that a bound with a confidence does not hold. */
  private static final double DELTA = .05;

  public IdkPolicy {
    if (!(alpha > 0 && alpha < 1)) throw new IllegalArgumentException("alpha must be in (0, 1), is " + alpha);
  }

  /** Fits the threshold; empty when the answers are too few for the target, so that nothing is flagged by it. */
  Optional<FittedThreshold> fit(List<Flagged> answers) {
    return IdkThreshold.fit(target, score, answers, alpha, DELTA);
  }
}
