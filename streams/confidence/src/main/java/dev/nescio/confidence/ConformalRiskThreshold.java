package dev.nescio.confidence;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * The limit for {@link ThresholdTarget#WRONG_AND_ANSWERED_AT_MOST}: of all questions, at most alpha are answered and
 * wrong, on average over calibration sets. It says nothing about the share of wrong <em>among</em> the answered.
 *
 * <p>The loss "answered and wrong" never falls as the limit rises, so the limit is the largest with
 * {@code (n R + 1)/(n + 1)} at most alpha, where R is the mean loss on the calibration answers: just below the wrong
 * answer number floor(alpha (n + 1)), by rising score. With too few answers for a single wrong one, everything is
 * flagged; with too few wrong ones, nothing.
 *
 * <p>Source: Angelopoulos et al. 2022, "Conformal risk control" (arXiv 2208.02814), theorem 1, with bound B = 1.
 */
public final class ConformalRiskThreshold {

  private ConformalRiskThreshold() {}

  /**
   * @param score   the score of the answers
   * @param answers exchangeable with those to come; none of them trained anything
   * @param alpha   largest share of wrong and answered, in (0, 1)
   */
  public static FittedThreshold fit(ThresholdScore score, List<Flagged> answers, double alpha) {
    FixedSequenceThreshold.requireShare("alpha", alpha);
    double[] wrong = answers.stream().filter(a -> !a.correct()).mapToDouble(Flagged::score).sorted().toArray();
    int n = answers.size();
    // Decimal arithmetic: in binary, alpha (n + 1) may fall on the wrong side of a whole number.
    int allowed = BigDecimal.valueOf(alpha).multiply(BigDecimal.valueOf(n + 1L))
        .setScale(0, RoundingMode.FLOOR).intValueExact() - 1;
    return new FittedThreshold(
        score, limit(wrong, allowed), ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST, alpha, n, n - wrong.length);
  }

  private static double limit(double[] wrong, int allowed) {
    if (allowed < 0) return FittedThreshold.FLAGS_EVERYTHING;
    return allowed < wrong.length ? Math.nextDown(wrong[allowed]) : 1;
  }
}
