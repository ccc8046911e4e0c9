package dev.nescio.confidence;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * Decides between an answer and {@code <IDK>}.
 *
 * <p>Reasons: {@code token}; {@code no token}; {@code threshold: p_idk 0.42 > 0.31};
 * {@code below threshold: p_idk 0.2 <= 0.31}; {@code no-threshold} without a fitted limit; {@code no-score: p_idk}
 * when the answer lacks the score of the limit. In the last two the answer stands.
 *
 * @param mode  where {@code <IDK>} comes from
 * @param score the score that {@code tau} belongs to
 * @param tau   fitted limit; an answer is flagged if and only if its score is above it
 */
public record DecisionPolicy(IdkMode mode, ThresholdScore score, OptionalDouble tau) {

  private static final MathContext SHORT = new MathContext(4);

  public DecisionPolicy {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(score, "score");
    if (tau.isPresent() && Double.isNaN(tau.getAsDouble())) throw new IllegalArgumentException("tau is no number");
  }

  /**
   * @param idkToken   true when the model emitted {@code <IDK>}
   * @param pIdk       P({@code <IDK>}) in [0, 1]; empty for a model without the token
   * @param confidence calibrated P(correct) in [0, 1]; empty without a calibrator
   */
  public Verdict decide(boolean idkToken, OptionalDouble pIdk, OptionalDouble confidence) {
    return switch (mode) {
      case TOKEN -> new Verdict(idkToken, idkToken ? "token" : "no token");
      case THRESHOLD -> byThreshold(pIdk, confidence);
      case EITHER -> idkToken ? new Verdict(true, "token") : byThreshold(pIdk, confidence);
    };
  }

  private Verdict byThreshold(OptionalDouble pIdk, OptionalDouble confidence) {
    if (tau.isEmpty()) return new Verdict(false, "no-threshold");
    OptionalDouble found = switch (score) {
      case P_IDK -> pIdk;
      case ONE_MINUS_CONFIDENCE -> confidence.isPresent()
          ? OptionalDouble.of(1 - confidence.getAsDouble())
          : OptionalDouble.empty();
    };
    if (found.isEmpty()) return new Verdict(false, "no-score: " + score.label());
    double value = found.getAsDouble();
    double limit = tau.getAsDouble();
    return value > limit
        ? new Verdict(true, "threshold: " + compare(value, " > ", limit))
        : new Verdict(false, "below threshold: " + compare(value, " <= ", limit));
  }

  private String compare(double value, String sign, double limit) {
    String left = shorten(value);
    String right = shorten(limit);
    // Four digits that look equal would not explain the decision.
    if (left.equals(right) && value != limit) {
      left = Double.toString(value);
      right = Double.toString(limit);
    }
    return score.label() + " " + left + sign + right;
  }

  private static String shorten(double value) {
    if (!Double.isFinite(value)) return Double.toString(value);
    return BigDecimal.valueOf(value).round(SHORT).stripTrailingZeros().toString();
  }
}
