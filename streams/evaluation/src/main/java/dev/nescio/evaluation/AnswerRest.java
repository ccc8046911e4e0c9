package dev.nescio.evaluation;

import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What an {@link Answer} says beyond {@link AnswerFacts}, as bytes: nothing here is measured, it only makes the whole
 * record again when a label comes.
 */
final class AnswerRest {

  private AnswerRest() {}

  static byte[] of(Answer answer, Words words) {
    FieldWriter out = new FieldWriter(words);
    out.text(answer.getAskId()).text(answer.getReason()).word(answer.getConfidenceReason());
    out.number(answer.getScores().size());
    answer.getScores().forEach((name, score) -> {
      out.word(name).octet(score.getKind().ordinal()).optionalDouble(score.getValue()).word(score.getReason());
    });
    out.flag(answer.getIdkToken()).word(answer.getAdapterDigest()).word(answer.getChannel());
    out.word(Double.toString(answer.getAuditProbability())).flag(answer.getForeign());
    probability(out, answer.getConfidence());
    probability(out, answer.getPIdk());
    out.number(answer.getUsage().getPromptTokens()).number(answer.getUsage().getCachedPromptTokens())
        .number(answer.getUsage().getAnswerTokens());
    out.number(AnswerFacts.micros(answer.getAnsweredAt()) - AnswerFacts.micros(answer.getAskedAt()));
    out.number(answer.getLatencyMicros()).number(answer.getAttributes().size());
    answer.getAttributes().forEach((name, value) -> out.word(name).text(value));
    return out.toBytes();
  }

  /** The record as it came. */
  static Answer join(AnswerFacts facts, Words words) {
    FieldReader in = new FieldReader(facts.rest(), words);
    Origin origin = facts.origin();
    Answer.Builder answer = Answer.newBuilder()
        .setAnswerId(facts.answerId())
        .setCandidate(facts.candidate())
        .setDecision(facts.decision())
        .setTenant(origin.tenant())
        .setDomain(origin.domain())
        .setModelVersion(origin.modelVersion())
        .setModelDigest(origin.modelDigest())
        .setPolicyVersion(origin.policyVersion())
        .setEstimator(origin.estimator())
        .setCalibratorVersion(facts.calibratorVersion())
        .setAudited(facts.audited())
        .setAnsweredAt(Grading.instant(facts.answeredAt()))
        .setAskId(in.text())
        .setReason(in.text())
        .setConfidenceReason(in.word());
    Map<String, RawScore> scores = new LinkedHashMap<>();
    for (int left = in.count(); left > 0; left--) {
      String name = in.word();
      ScoreKind kind = ScoreKind.values()[in.octet()];
      scores.put(name, new RawScore(in.nullableDouble(), kind, in.word()));
    }
    answer.setScores(scores)
        .setIdkToken(in.flag())
        .setAdapterDigest(in.word())
        .setChannel(in.word())
        .setAuditProbability(Double.parseDouble(in.word()))
        .setForeign(in.flag())
        .setConfidence(probability(in, facts.confidence()))
        .setPIdk(probability(in, facts.pIdk()))
        .setUsage(new Usage(in.count(), in.count(), in.count()))
        .setAskedAt(Grading.instant(facts.answeredAt() - in.number()))
        .setLatencyMicros(in.number());
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int left = in.count(); left > 0; left--) attributes.put(in.word(), in.text());
    return answer.setAttributes(attributes).build();
  }

  /** One byte for a multiple of 10⁻⁹, which the facts hold; systems of others may round otherwise or not at all. */
  private static void probability(FieldWriter out, Double value) {
    boolean held = value == null || Observation.units(value) / (double) Observation.ONE == value;
    out.flag(held);
    if (!held) out.fixed(Double.doubleToLongBits(value));
  }

  private static Double probability(FieldReader in, OptionalInt held) {
    if (!in.flag()) return Double.longBitsToDouble(in.fixed());
    return held.isPresent() ? (Double) (held.getAsInt() / (double) Observation.ONE) : null;
  }
}
