package dev.nescio.inference;

import dev.nescio.answering.Decider;
import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.inference.CalibratorBook.Fitted;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Threshold;
import dev.nescio.schemas.ThresholdTarget;
import java.util.Optional;
import java.util.OptionalDouble;

/** The arithmetic that a policy and a calibrator on the topics stand for. */
final class Verdicts {

  private Verdicts() {}

  /** How to decide under this policy with this calibrator, if there is one. */
  static Decider decider(Policy policy, Optional<Fitted> calibrator) {
    Optional<CalibrationMap> map = calibrator.map(Fitted::map);
    IdkMode mode = IdkMode.valueOf(policy.getIdkMode().name());
    ThresholdScore score = ThresholdScore.valueOf(policy.getThresholdScore().name());
    return new Decider(policy.getEstimator(), map, new DecisionPolicy(mode, score, tau(policy, calibrator)));
  }

  /** A limit counts only for the score and the target that it was fitted for. */
  private static OptionalDouble tau(Policy policy, Optional<Fitted> calibrator) {
    return calibrator
        .map(fitted -> fitted.calibrator().getThreshold())
        .filter(threshold -> belongsTo(policy, threshold))
        .map(threshold -> OptionalDouble.of(threshold.getTau()))
        .orElse(OptionalDouble.empty());
  }

  private static boolean belongsTo(Policy policy, Threshold threshold) {
    return threshold.getScore() == policy.getThresholdScore()
        && threshold.getTarget() == policy.getThresholdTarget()
        && (threshold.getTarget() == ThresholdTarget.MAX_NAUPC || threshold.getAlpha() == policy.getAlpha());
  }
}
