package dev.nescio.confidence;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Fits the limit above which an answer is flagged {@code <IDK>}, on labelled answers that trained nothing.
 *
 * <p>Empty means that no limit can be defended on these labels; the answer then stands, with the reason
 * {@code no-threshold}. The methods without a score are about p_idk. For promises about wrong answers see
 * {@link FixedSequenceThreshold} and {@link ConformalRiskThreshold}.
 */
public final class IdkThreshold {

  private IdkThreshold() {}

  /**
   * The limit for a target.
   *
   * @param alpha bound of the target, in (0, 1); {@link ThresholdTarget#MAX_NAUPC} has none
   * @param delta allowed probability that the bound does not hold, in (0, 1); of
   *              {@link ThresholdTarget#ERROR_AMONG_ANSWERED_AT_MOST} only
   */
  public static Optional<FittedThreshold> fit(
      ThresholdTarget target, ThresholdScore score, List<Flagged> answers, double alpha, double delta) {
    return switch (target) {
      case MAX_NAUPC -> maxNaupc(score, answers);
      case A_FPR_AT_MOST -> aFprAtMost(score, answers, alpha);
      case ERROR_AMONG_ANSWERED_AT_MOST -> Optional.of(FixedSequenceThreshold.fit(score, answers, alpha, delta));
      case WRONG_AND_ANSWERED_AT_MOST -> Optional.of(ConformalRiskThreshold.fit(score, answers, alpha));
    };
  }

  /** {@link #maxNaupc(ThresholdScore, List)} for p_idk. */
  public static Optional<FittedThreshold> maxNaupc(List<Flagged> answers) {
    return maxNaupc(ThresholdScore.P_IDK, answers);
  }

  /** {@link #aFprAtMost(ThresholdScore, List, double)} for p_idk. */
  public static Optional<FittedThreshold> aFprAtMost(List<Flagged> answers, double alpha) {
    return aFprAtMost(ThresholdScore.P_IDK, answers, alpha);
  }

  /**
   * The limit with the largest nAUPC = 100 [c² + c(b − a)/2 − ab/3], over every cut between distinct scores; half-way
   * between the two. Of equal cuts the one that flags fewer. Empty when flagging nothing is best.
   *
   * <p>Source: KWT (Lee et al. 2026), section 4.3, closed form of the integral.
   */
  public static Optional<FittedThreshold> maxNaupc(ThresholdScore score, List<Flagged> answers) {
    List<Flagged> sorted = answers.stream().sorted(Comparator.comparingDouble(Flagged::score).reversed()).toList();
    int n = sorted.size();
    int right = correct(answers);
    double best = naupc(0, 0, right, n);
    Optional<FittedThreshold> fitted = Optional.empty();
    int a = 0;
    int b = 0;
    for (int i = 0; i < n; i++) {
      if (sorted.get(i).correct()) a++; else b++;
      double here = sorted.get(i).score();
      if (i + 1 < n && sorted.get(i + 1).score() == here) continue;
      double value = naupc(a, b, right - a, n);
      if (value > best) {
        best = value;
        double tau = i + 1 < n ? between(sorted.get(i + 1).score(), here) : Math.nextDown(here);
        fitted = Optional.of(new FittedThreshold(score, tau, ThresholdTarget.MAX_NAUPC, 0, n, right));
      }
    }
    return fitted;
  }

  /**
   * The ⌈(n₊ + 1)(1 − alpha)⌉-th smallest score among the n₊ correct answers. For a new exchangeable answer,
   * P(flagged | correct) is at most alpha, on average over calibration sets. Empty when n₊ is too small for that.
   *
   * <p>Source: split conformal prediction; design, section 7.
   *
   * @param alpha in (0, 1)
   */
  public static Optional<FittedThreshold> aFprAtMost(ThresholdScore score, List<Flagged> answers, double alpha) {
    if (!(alpha > 0 && alpha < 1)) throw new IllegalArgumentException("alpha is in (0, 1), not " + alpha);
    double[] scores = answers.stream().filter(Flagged::correct).mapToDouble(Flagged::score).sorted().toArray();
    // Decimal arithmetic: in binary, 1 - alpha may fall on the wrong side of a whole rank.
    int rank = BigDecimal.ONE.subtract(BigDecimal.valueOf(alpha))
        .multiply(BigDecimal.valueOf(scores.length + 1L))
        .setScale(0, RoundingMode.CEILING)
        .intValueExact();
    if (rank > scores.length) return Optional.empty();
    return Optional.of(new FittedThreshold(
        score, scores[rank - 1], ThresholdTarget.A_FPR_AT_MOST, alpha, answers.size(), scores.length));
  }

  private static int correct(List<Flagged> answers) {
    return (int) answers.stream().filter(Flagged::correct).count();
  }

  private static double naupc(double flaggedCorrect, double flaggedIncorrect, double answeredCorrect, double n) {
    double a = flaggedCorrect / n;
    double b = flaggedIncorrect / n;
    double c = answeredCorrect / n;
    return 100 * (c * c + c * (b - a) / 2 - a * b / 3);
  }

  /** A number at or above {@code low} and below {@code high}. */
  private static double between(double low, double high) {
    double middle = low + (high - low) / 2;
    return middle < high ? middle : low;
  }
}
