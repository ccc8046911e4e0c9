package dev.nescio.metrics;

import java.util.List;
import java.util.Optional;

/**
 * How often a model says {@code IDK} to questions that have an answer and to questions that have none.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), appendix B, equations 12 and 13.
 *
 * @param answerable      questions with an answer
 * @param answerableIdk   of these flagged {@code IDK}
 * @param unanswerable    questions without an answer
 * @param unanswerableIdk of these flagged {@code IDK}
 */
public record AnswerabilityCounts(long answerable, long answerableIdk, long unanswerable, long unanswerableIdk) {

  public static final String IDK_RATE_ANSWERABLE = "idk_rate_answerable";
  public static final String IDK_RATE_UNANSWERABLE = "idk_rate_unanswerable";
  /** In percent, as published. */
  public static final String IDK_SCORE = "idk_score";

  public AnswerabilityCounts {
    if (answerableIdk < 0 || answerableIdk > answerable || unanswerableIdk < 0 || unanswerableIdk > unanswerable) {
      throw new IllegalArgumentException("flagged questions are a part of all: " + answerableIdk + " of " + answerable
          + ", " + unanswerableIdk + " of " + unanswerable);
    }
  }

  /** Every figure of this kind. */
  public List<NamedEstimate> metrics() {
    return List.of(
        new NamedEstimate(IDK_SCORE, Direction.HIGHER_IS_BETTER, idkScore()),
        new NamedEstimate(IDK_RATE_ANSWERABLE, Direction.LOWER_IS_BETTER, idkRateAnswerable()),
        new NamedEstimate(IDK_RATE_UNANSWERABLE, Direction.HIGHER_IS_BETTER, idkRateUnanswerable()));
  }

  /** With Wilson's interval. */
  public Optional<Estimate> idkRateAnswerable() {
    return CalibrationMetric.share(answerableIdk, answerable);
  }

  /** With Wilson's interval. */
  public Optional<Estimate> idkRateUnanswerable() {
    return CalibrationMetric.share(unanswerableIdk, unanswerable);
  }

  /**
   * {@code ((100 - IR_ans) + IR_unans)/2} of the two rates in percent: 100 flags exactly the questions without an
   * answer, 50 says nothing. Empty without both kinds of question.
   *
   * <p>Interval: Newcombe's for the difference of two shares.
   */
  public Optional<Estimate> idkScore() {
    return idkRateUnanswerable().flatMap(none -> idkRateAnswerable().map(some -> {
      Estimate difference = Intervals.difference(none, some);
      return Intervals.bounded(50 * (1 + difference.value()), difference.n(),
          50 * (1 + difference.low()), 50 * (1 + difference.high()));
    }));
  }
}
