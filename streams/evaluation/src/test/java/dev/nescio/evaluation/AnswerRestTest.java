package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class AnswerRestTest {

  private static final Instant AT = Instant.parse("2026-01-05T12:00:00.123456Z");
  private static final String ITEM = "0123456789abcdef0123456789abcdef";

  private final Words words = new Words();

  @Test
  void makesEveryFieldOfTheRecordAgain() {
    Answer answer = full();
    for (Schema.Field field : Answer.getClassSchema().getFields()) {
      assertThat(answer.get(field.pos())).as("a field that this test must set").isNotNull()
          .isNotEqualTo(field.defaultVal()).as(field.name()).isNotEqualTo(Map.of());
    }
    assertThat(again(answer)).isEqualTo(answer);
  }

  @Test
  void makesARecordWithoutTheOptionalFieldsAgain() {
    Answer answer = Records.answer(ITEM, "ask", "", AT).setPIdk(null).setScores(Map.of()).build();
    assertThat(again(answer)).isEqualTo(answer);
  }

  @Test
  void keepsAProbabilityThatAnotherSystemDidNotRound() {
    Answer answer = Records.answer(ITEM, "ask", "Lima", AT).setConfidence(1 / 3.0).setPIdk(Math.PI / 4).build();
    assertThat(again(answer)).isEqualTo(answer);
  }

  @Test
  void takesLittleForAWaitingAnswer() {
    int bytes = 0;
    for (int i = 0; i < 1_000; i++) {
      String questionId = String.format("%032x", i * 31);
      Answer answer = Answer.newBuilder(full())
          .setAnswerId(questionId + "~" + String.format("%016x", i)).setAskId("ask-" + i)
          .setCandidate("The capital is number " + i).setAttributes(Map.of()).build();
      ItemState item = new ItemState();
      new LabelJoin(Duration.ofDays(7), Duration.ofDays(1)).onAnswer(item, AnswerFacts.of(answer, words), 0);
      bytes += item.toBytes(questionId, words).length;
    }
    assertThat(bytes / 1_000).as("bytes an answer").isLessThan(200);
  }

  private Answer again(Answer answer) {
    ItemState item = new ItemState();
    LabelJoin join = new LabelJoin(Duration.ofDays(7), Duration.ofDays(1));
    join.onAnswer(item, AnswerFacts.of(answer, words), 0);
    ItemState read = ItemState.fromBytes(ITEM, item.toBytes(ITEM, words), words);
    return AnswerRest.join(read.answers.get(answer.getAnswerId()).facts(), words);
  }

  private static Answer full() {
    return Answer.newBuilder()
        .setAnswerId(ITEM + "~0011223344556677")
        .setAskId("ask-1")
        .setCandidate("Lima")
        .setDecision(Decision.IDK)
        .setReason("threshold: p_idk 0.42 > 0.31")
        .setConfidence(0.123456789)
        .setConfidenceReason("none")
        .setEstimator("sequence-probability")
        .setScores(Map.of("sequence-probability", new RawScore(-0.5, ScoreKind.UNBOUNDED, null),
            "min-token-probability", new RawScore(0.25, ScoreKind.PROBABILITY, null),
            "mean-token-entropy", new RawScore(null, ScoreKind.ABSTAINED, "no entropies")))
        .setPIdk(0.42)
        .setIdkToken(true)
        .setModelVersion("v7")
        .setModelDigest("d".repeat(64))
        .setAdapterDigest("a".repeat(64))
        .setChannel("shadow")
        .setPolicyVersion("p1")
        .setCalibratorVersion("evaluation-000001")
        .setTenant("acme")
        .setDomain("geo")
        .setAuditProbability(0.1)
        .setAudited(true)
        .setUsage(new Usage(12, 3, 4))
        .setForeign(true)
        .setAskedAt(AT.minusMillis(700))
        .setAnsweredAt(AT)
        .setLatencyMicros(650_000)
        .setAttributes(Map.of("relation", "capital"))
        .build();
  }
}
