package dev.nescio.dashboard;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Label;

/**
 * One answer as the page lists it. All texts are untrusted.
 *
 * @param question         text of the question; absent when its record was not seen
 * @param candidate        what the model produced, also under {@code IDK}
 * @param decision         ANSWER, IDK or ERROR
 * @param reason           why this decision
 * @param confidence       calibrated P(correct); absent without a calibrator
 * @param confidenceReason why there is no confidence
 * @param label            the label that counts; absent when there is none
 */
public record AnswerView(
    String answerId,
    String question,
    String candidate,
    String decision,
    String reason,
    Double confidence,
    String confidenceReason,
    Double pIdk,
    boolean idkToken,
    String modelVersion,
    String policyVersion,
    String calibratorVersion,
    String estimator,
    String channel,
    String domain,
    String tenant,
    boolean audited,
    boolean foreign,
    Long answeredAtMicros,
    long latencyMicros,
    LabelView label) {

  /** Longest text sent to the page, in UTF-16 units; the topics have the whole. */
  private static final int LONGEST = 600;

  /** Truth about the answer: verdict (absent when ungradable), kind of principal, who, correction and reason. */
  public record LabelView(Boolean correct, String source, String principal, String correction, String reason) {
    static LabelView of(Label label) {
      return new LabelView(
          label.getCorrect(),
          label.getSource().name(),
          shorten(label.getPrincipal()),
          shorten(label.getCorrection()),
          shorten(label.getReason()));
    }
  }

  static AnswerView of(Answer a, String question, Label label) {
    return new AnswerView(
        a.getAnswerId(),
        shorten(question),
        shorten(a.getCandidate()),
        a.getDecision().name(),
        shorten(a.getReason()),
        a.getConfidence(),
        a.getConfidenceReason(),
        a.getPIdk(),
        a.getIdkToken(),
        a.getModelVersion(),
        a.getPolicyVersion(),
        a.getCalibratorVersion(),
        a.getEstimator(),
        a.getChannel(),
        a.getDomain(),
        a.getTenant(),
        a.getAudited(),
        a.getForeign(),
        Times.micros(a.getAnsweredAt()),
        a.getLatencyMicros(),
        label == null ? null : LabelView.of(label));
  }

  static String shorten(String text) {
    if (text == null || text.length() <= LONGEST) return text;
    // Never between the halves of a surrogate pair.
    int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
    return text.substring(0, end) + "…";
  }
}
