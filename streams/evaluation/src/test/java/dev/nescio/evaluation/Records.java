package dev.nescio.evaluation;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.ScoreKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Short ways to write records in tests. */
final class Records {

  static final String ESTIMATOR = "sequence-probability";

  private Records() {}

  static Answer.Builder answer(String questionId, String ask, String candidate, Instant answeredAt) {
    return Answer.newBuilder()
        .setAnswerId(questionId + "~" + ask)
        .setAskId(ask)
        .setCandidate(candidate)
        .setDecision(Decision.ANSWER)
        .setReason("no-threshold")
        .setEstimator(ESTIMATOR)
        .setScores(Map.of(ESTIMATOR, new RawScore(-0.5, ScoreKind.UNBOUNDED, null)))
        .setPIdk(0.1)
        .setModelVersion("base")
        .setModelDigest("digest-of-base")
        .setPolicyVersion("p1")
        .setTenant("acme")
        .setDomain("geo")
        .setAskedAt(answeredAt)
        .setAnsweredAt(answeredAt);
  }

  static Reference reference(long revision, Instant at, String... answers) {
    return Reference.newBuilder().setAnswers(List.of(answers)).setSource("test").setRevision(revision)
        .setRecordedAt(at).build();
  }

  static Label.Builder label(String id, String answerId, boolean correct, Instant at) {
    return Label.newBuilder().setLabelId(id).setAnswerId(answerId).setAction(LabelAction.ASSERT).setCorrect(correct)
        .setSource(LabelSource.PERSON).setPrincipal("ann").setLabelledAt(at);
  }
}
