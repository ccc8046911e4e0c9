package dev.nescio.answering;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.Score;
import dev.nescio.confidence.Verdict;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * From a draft to a confidence and a decision.
 *
 * <p>A fitted map is the only way to a confidence: without one there is only the raw score, whatever its kind.
 *
 * @param estimator whose score becomes the confidence
 * @param map       fitted for this estimator and the model that answered; empty when there is none
 * @param policy    where {@code <IDK>} comes from
 */
public record Decider(String estimator, Optional<CalibrationMap> map, DecisionPolicy policy) {

  /** Confidences are whole numbers of this unit, so that sums over them are exact. */
  private static final double UNITS = 1e9;

  /** Never throws: what is missing is a reason. */
  public Decided decide(Draft draft) {
    Optional<Score> score = Optional.ofNullable(draft.scores().get(estimator));
    OptionalDouble raw = score.map(Decider::raw).orElse(OptionalDouble.empty());
    OptionalDouble confidence =
        raw.isPresent() && map.isPresent()
            ? OptionalDouble.of(round(map.get().apply(raw.getAsDouble())))
            : OptionalDouble.empty();
    Optional<String> missing = confidence.isPresent() ? Optional.empty() : Optional.of(missing(score));
    OptionalDouble pIdk = draft.pIdk().map(OptionalDouble::of).orElse(OptionalDouble.empty());
    Verdict verdict = policy.decide(draft.idkToken(), pIdk, confidence);
    return new Decided(verdict.idk(), verdict.reason(), confidence, missing);
  }

  /** Rounded once, to the nearest multiple of 1e-9. */
  static double round(double confidence) {
    return Math.rint(confidence * UNITS) / UNITS;
  }

  private static OptionalDouble raw(Score score) {
    return switch (score) {
      case Score.Probability p -> OptionalDouble.of(p.value());
      case Score.Unbounded u -> OptionalDouble.of(u.value());
      case Score.Abstained a -> OptionalDouble.empty();
    };
  }

  private String missing(Optional<Score> score) {
    if (score.isEmpty()) return "no estimator: " + estimator;
    return score.get() instanceof Score.Abstained abstained ? abstained.reason() : "uncalibrated";
  }
}
