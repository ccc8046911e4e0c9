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
    // Without a builder, which looks up a default for every field.
    Answer answer = new Answer();
    answer.setAnswerId(facts.answerId());
    answer.setCandidate(facts.candidate());
    answer.setDecision(facts.decision());
    answer.setTenant(origin.tenant());
    answer.setDomain(origin.domain());
    answer.setModelVersion(origin.modelVersion());
    answer.setModelDigest(origin.modelDigest());
    answer.setPolicyVersion(origin.policyVersion());
    answer.setEstimator(origin.estimator());
    answer.setCalibratorVersion(facts.calibratorVersion());
    answer.setAudited(facts.audited());
    answer.setAnsweredAt(Grading.instant(facts.answeredAt()));
    answer.setAskId(in.text());
    answer.setReason(in.text());
    answer.setConfidenceReason(in.word());
    Map<String, RawScore> scores = new LinkedHashMap<>();
    for (int left = in.count(); left > 0; left--) {
      String name = in.word();
      ScoreKind kind = ScoreKind.values()[in.octet()];
      scores.put(name, new RawScore(in.nullableDouble(), kind, in.word()));
    }
    answer.setScores(scores);
    answer.setIdkToken(in.flag());
    answer.setAdapterDigest(in.word());
    answer.setChannel(in.word());
    answer.setAuditProbability(Double.parseDouble(in.word()));
    answer.setForeign(in.flag());
    answer.setConfidence(probability(in, facts.confidence()));
    answer.setPIdk(probability(in, facts.pIdk()));
    answer.setUsage(new Usage(in.count(), in.count(), in.count()));
    answer.setAskedAt(Grading.instant(facts.answeredAt() - in.number()));
    answer.setLatencyMicros(in.number());
    Map<String, String> attributes = new LinkedHashMap<>();
    for (int left = in.count(); left > 0; left--) attributes.put(in.word(), in.text());
    answer.setAttributes(attributes);
    return answer;
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
