package dev.nescio.evaluation;

import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.RawScore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What the join keeps of an answer.
 *
 * @param answerId          id
 * @param origin            where the answer belongs
 * @param answeredAt        microseconds since 1970; the time of every pane
 * @param decision          answered, abstained or failed
 * @param candidate         the text to grade
 * @param confidence        units of 10⁻⁹, empty when uncalibrated
 * @param pIdk              units of 10⁻⁹, empty without such a token
 * @param rawScore          score of the headline estimator, empty when it abstained
 * @param audited           drawn at random for labelling
 * @param calibratorVersion calibrator that made the confidence, or null
 * @param rest              what else the record says ({@link AnswerRest}); null where only figures are needed
 */
record AnswerFacts(
    String answerId,
    Origin origin,
    long answeredAt,
    Decision decision,
    String candidate,
    OptionalInt confidence,
    OptionalInt pIdk,
    OptionalDouble rawScore,
    boolean audited,
    String calibratorVersion,
    byte[] rest) {

  /** @throws IllegalArgumentException when a probability or score of the record is out of range */
  static AnswerFacts of(Answer answer, Words words) {
    if (answer.getAnswerId().isEmpty()) throw new IllegalArgumentException("answerId is empty");
    if (answer.getAnsweredAt().isBefore(Instant.EPOCH)) {
      throw new IllegalArgumentException("answeredAt is before 1970: " + answer.getAnsweredAt());
    }
    Origin origin = new Origin(answer.getTenant(), answer.getDomain(), answer.getModelVersion(),
        answer.getModelDigest(), answer.getPolicyVersion(), answer.getEstimator());
    return new AnswerFacts(answer.getAnswerId(), origin, micros(answer.getAnsweredAt()), answer.getDecision(),
        answer.getCandidate(), units("confidence", answer.getConfidence()), units("pIdk", answer.getPIdk()),
        raw(answer), answer.getAudited(), answer.getCalibratorVersion(), AnswerRest.of(answer, words));
  }

  boolean failed() {
    return decision == Decision.ERROR;
  }

  /** What summaries see of this answer under a verdict. */
  Observation observation(boolean correct) {
    return new Observation(confidence, pIdk, correct, decision == Decision.IDK, audited);
  }

  /** The same answer where only its figures are needed. */
  AnswerFacts withoutCandidate() {
    return new AnswerFacts(answerId, origin, answeredAt, decision, "", confidence, pIdk, rawScore, audited,
        calibratorVersion, null);
  }

  /** @param questionId beginning of the answer's id that need not be written, since the reader knows it */
  void write(String questionId, FieldWriter out) {
    origin.write(out);
    out.text(answerId.substring(questionId.length())).number(answeredAt).octet(decision.ordinal()).text(candidate);
    out.optionalInt(confidence).optionalInt(pIdk).optionalDouble(rawScore).flag(audited);
    out.word(calibratorVersion).flag(rest != null);
    if (rest != null) out.bytes(rest);
  }

  static AnswerFacts read(String questionId, FieldReader in) {
    Origin origin = Origin.read(in);
    String answerId = questionId + in.text();
    long answeredAt = in.number();
    Decision decision = Decision.values()[in.octet()];
    return new AnswerFacts(answerId, origin, answeredAt, decision, in.text(), in.optionalInt(), in.optionalInt(),
        in.optionalDouble(), in.flag(), in.word(), in.flag() ? in.bytes() : null);
  }

  static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static OptionalInt units(String field, Double probability) {
    if (probability == null) return OptionalInt.empty();
    try {
      return OptionalInt.of(Observation.units(probability));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }

  private static OptionalDouble raw(Answer answer) {
    RawScore score = answer.getScores().get(answer.getEstimator());
    if (score == null || score.getValue() == null) return OptionalDouble.empty();
    if (!Double.isFinite(score.getValue())) {
      throw new IllegalArgumentException("scores: " + answer.getEstimator() + " is " + score.getValue());
    }
    return OptionalDouble.of(score.getValue());
  }
}
