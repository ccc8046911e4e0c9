package dev.nescio.inference;

import dev.nescio.answering.Decided;
import dev.nescio.answering.Draft;
import dev.nescio.confidence.Score;
import dev.nescio.inference.ModelSlots.Slot;
import dev.nescio.language.Generation;
import dev.nescio.schemas.Alternative;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.RemoteAlternative;
import dev.nescio.schemas.RemoteToken;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.TokenEvidence;
import dev.nescio.schemas.Usage;
import dev.nescio.schemas.topics.Ids;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records that one answered question leaves on the topics. Pure: times and versions are given. */
final class AnswerRecords {

  private AnswerRecords() {}

  /**
   * Everything that an answer was made under.
   *
   * @param work       the question
   * @param slot       what answered
   * @param policy     in force at the decision
   * @param calibrator applied, if any
   * @param answeredAt when it was made
   * @param latencyMicros from reading the question to now
   */
  record Circumstances(
      Work work, Slot slot, Policy policy, Optional<Calibrator> calibrator, Instant answeredAt, long latencyMicros) {

    Circumstances {
      answeredAt = answeredAt.truncatedTo(ChronoUnit.MICROS);
    }

    String answerId() {
      Question question = work.question();
      return Ids.answerId(
          work.questionId(), question.getAskId(), slot.modelDigest(), policy.getVersion(),
          question.getOptions().getSeed());
    }
  }

  static Answer answered(Circumstances c, Draft draft, Decided decided) {
    Map<String, RawScore> scores = new HashMap<>();
    draft.scores().forEach((name, score) -> scores.put(name, raw(score)));
    return common(c)
        .setCandidate(draft.candidate())
        .setDecision(decided.idk() ? Decision.IDK : Decision.ANSWER)
        .setReason(decided.reason())
        .setConfidence(decided.confidence().isPresent() ? decided.confidence().getAsDouble() : null)
        .setConfidenceReason(decided.confidenceReason().orElse(null))
        .setScores(scores)
        .setPIdk(draft.pIdk().orElse(null))
        .setIdkToken(draft.idkToken())
        .setUsage(
            new Usage(draft.promptTokens(), draft.cachedPromptTokens(), draft.sequence().generatedTokens()))
        .build();
  }

  /** An answer that could not be made: nothing was generated, and the reason says why. */
  static Answer failed(Circumstances c, String reason) {
    return common(c)
        .setCandidate("")
        .setDecision(Decision.ERROR)
        .setReason(reason)
        .setConfidence(null)
        .setConfidenceReason("no candidate")
        .build();
  }

  static Evidence evidence(Circumstances c, Generation.Sequence sequence) {
    boolean whole = sequence.tokens().stream().allMatch(AnswerRecords::isWhole);
    return Evidence.newBuilder()
        .setAnswerId(c.answerId())
        .setTokens(whole ? sequence.tokens().stream().map(AnswerRecords::token).toList() : List.of())
        .setRemoteTokens(whole ? List.of() : sequence.tokens().stream().map(AnswerRecords::remoteToken).toList())
        .setPIdk(sequence.pIdk().orElse(null))
        .setEndLogProb(sequence.endLogProb().orElse(null))
        .setSamples(List.of())
        .setRecordedAt(c.answeredAt())
        .build();
  }

  private static Answer.Builder common(Circumstances c) {
    Question question = c.work().question();
    double share = c.policy().getAuditProbability();
    return Answer.newBuilder()
        .setAnswerId(c.answerId())
        .setAskId(question.getAskId())
        .setEstimator(c.policy().getEstimator())
        .setModelVersion(c.slot().modelVersion())
        .setModelDigest(c.slot().modelDigest())
        .setAdapterDigest(c.slot().adapter().orElse(null))
        .setChannel(question.getOptions().getChannel())
        .setPolicyVersion(c.policy().getVersion())
        .setCalibratorVersion(c.calibrator().map(Calibrator::getVersion).orElse(null))
        .setTenant(question.getTenant())
        .setDomain(question.getDomain())
        .setAuditProbability(share)
        .setAudited(Audit.draws(c.answerId(), share))
        .setForeign(false)
        .setAskedAt(question.getAskedAt())
        .setAnsweredAt(c.answeredAt())
        .setLatencyMicros(c.latencyMicros())
        .setAttributes(question.getAttributes());
  }

  private static RawScore raw(Score score) {
    return switch (score) {
      case Score.Probability p -> new RawScore(p.value(), ScoreKind.PROBABILITY, null);
      case Score.Unbounded u -> new RawScore(u.value(), ScoreKind.UNBOUNDED, null);
      case Score.Abstained a -> new RawScore(null, ScoreKind.ABSTAINED, a.reason());
    };
  }

  private static boolean isWhole(Generation.Token token) {
    return token.knownId().isPresent() && token.entropy().isPresent() && token.margin().isPresent()
        && token.alternatives().stream().allMatch(a -> a.knownId().isPresent());
  }

  private static TokenEvidence token(Generation.Token token) {
    List<Alternative> alternatives =
        token.alternatives().stream().map(a -> new Alternative(a.id(), a.text(), a.logProb())).toList();
    return new TokenEvidence(token.id(), token.text(), token.logProb(), token.entropy().orElseThrow(),
        token.margin().orElseThrow(), alternatives);
  }

  /** What the model does not tell stays empty. */
  private static RemoteToken remoteToken(Generation.Token token) {
    List<RemoteAlternative> alternatives =
        token.alternatives().stream().map(a -> new RemoteAlternative(a.text(), a.logProb())).toList();
    return new RemoteToken(token.text(), token.logProb(), token.margin().orElse(null), alternatives);
  }
}
