package dev.nescio.loadtests.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.evaluation.KeptAnswer;
import dev.nescio.loadtests.kill.Traffic.Event;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

/** Two answers with labels by hand, and what is said when something of it is missing, there twice or wrong. */
class ComparisonTest {

  private static final Instant THEN = Instant.parse("2026-01-05T12:00:00Z");

  private final Ledger ledger = new Ledger();
  private final Seen seen = new Seen();
  private final Map<String, KeptAnswer> kept = new HashMap<>(
      Map.of("a~1", kept("a~1", false, "l2"), "b~1", kept("b~1", null, null)));

  ComparisonTest() {
    for (String name : List.of("a", "b")) {
      sent(Topics.QUESTIONS, Question.newBuilder().setText(name).setAskId(name).setAskedAt(THEN).build());
      seen.take(name, 0, answer(name).build());
      seen.take(name, 0, Evidence.newBuilder().setAnswerId(name + "~1").setTokens(List.of()).setRecordedAt(THEN)
          .build());
    }
    labelled(label("l1", "a~1").setCorrect(true));
    labelled(label("l1", "a~1").setCorrect(true));
    labelled(label("l2", "a~1").setCorrect(false).setRevision(1));
    labelled(label("l3", "b~1").setCorrect(true));
    labelled(label("l4", "b~1").setAction(LabelAction.RETRACT).setRevision(1));
    seen.lastExample.put("a~1", "l2");
    seen.accounts.put("0", accounting(Map.of("joined", 1L, "superseded", 1L, "duplicate", 1L, "retraction", 1L,
        "retracted", 1L, "late", 0L), 5, Map.of("labelled", 1L, "waiting", 1L)));
  }

  @Test
  void sortsLabelsByTheContract() {
    Truth truth = new Truth(seen.answers, seen.labels, 0);
    assertThat(truth.labelClasses()).isEqualTo(
        Map.of("joined", 1L, "superseded", 1L, "duplicate", 1L, "retraction", 1L, "retracted", 1L));
    assertThat(truth.verdicts().get("a~1").correct()).isFalse();
    assertThat(truth.verdicts().get("b~1").label()).isNull();
    assertThat(truth.answerClasses()).isEqualTo(Map.of("labelled", 1L, "waiting", 1L));
  }

  @Test
  void aLabelIsLateAfterTheHorizonOfItsAnswerAndOneOfAHigherSourceIsInForce() {
    seen.take("b", 9, label("l5", "b~1").setSource(LabelSource.SIGNAL).setCorrect(true).build());
    seen.take("a", 9, label("l6", "a~1").setSource(LabelSource.SIGNAL).setCorrect(true).setRevision(8).build());
    seen.take("a", 9, label("l7", "a~1").setLabelledAt(THEN.plus(Duration.ofDays(7))).setRevision(7).build());
    seen.take("a", 9, label("l8", "a~1").setLabelledAt(THEN.plus(Duration.ofDays(7)).plusMillis(1)).build());
    Truth truth = new Truth(seen.answers, seen.labels, 1);
    assertThat(truth.verdicts().get("b~1").label().getLabelId()).as("a retraction brings the lower source back")
        .isEqualTo("l5");
    assertThat(truth.verdicts().get("a~1").label().getLabelId()).isEqualTo("l7");
    assertThat(truth.verdicts().get("a~1").late()).isEqualTo(1);
    assertThat(truth.lateLabels()).containsExactly("l8");
    assertThat(truth.labelClasses()).containsEntry("dead-lettered", 1L).containsEntry("superseded", 3L);
  }

  @Test
  void isCleanButForSnapshotsThatAreNotShown() {
    Comparison.Result result = compare();
    assertThat(result.lost()).isZero();
    assertThat(result.twice()).isZero();
    assertThat(result.differences()).hasSize(5).allMatch(difference -> difference.startsWith("not shown: "));
  }

  @Test
  void countsWhatIsMissing() {
    sent(Topics.QUESTIONS, Question.newBuilder().setText("c").setAskId("c").setAskedAt(THEN).build());
    ledger.enter(new Event(0, Topics.LABELS, "c", null));
    seen.evidence.remove("b~1");
    Comparison.Result result = compare();
    assertThat(result.lost()).as("answer, evidence, label record, dead letter").isEqualTo(4);
    assertThat(result.differences()).contains("no answer: c", "no evidence: b~1");
  }

  @Test
  void countsWhatIsThereTwice() {
    seen.take("a", 5, answer("a").build());
    seen.evidence.merge("a~1", 1L, Long::sum);
    seen.repeatedExamples.add("a~1");
    seen.deadLetters.put(List.of("qa.labels.v1", "0", "5"), 2L);
    Comparison.Result result = compare();
    assertThat(result.twice()).as("answer, evidence, example, dead letter and one that nothing asked for").isEqualTo(5);
    assertThat(result.clean()).isFalse();
  }

  @Test
  void seesAStateThatIsWrongMissingOrOfNoAnswer() {
    kept.put("a~1", kept("a~1", true, "l2"));
    kept.remove("b~1");
    kept.put("c~1", kept("c~1", null, null));
    assertThat(compare().differences())
        .anyMatch(difference -> difference.startsWith("state of a~1: [ANSWER, OptionalInt.empty, false, 0, "))
        .anyMatch(difference -> difference.startsWith("state of b~1: ") && difference.endsWith("null shown"))
        .contains("states of answers that are not on their topic: [c~1]");
  }

  @Test
  void seesAWrongClassAStaleStateAndAWrongFigure() {
    seen.lastExample.put("a~1", "l1");
    seen.accounts.put("0", accounting(Map.of("joined", 2L, "superseded", 1L, "duplicate", 1L, "retracted", 1L), 5,
        Map.of("labelled", 1L, "waiting", 1L)));
    seen.snapshots.put("all", CalibrationSnapshot.newBuilder().setTenant("*").setDomain("*").setModelVersion("base")
        .setPolicyVersion("*").setEstimator("e").setGrader("lenient").setWindow("all").setEmittedAt(THEN)
        .setMetrics(List.of()).setCounts(Map.of("answers", 3L)).build());
    assertThat(compare().differences())
        .anyMatch(difference -> difference.startsWith("label in force of a~1: l2"))
        .anyMatch(difference -> difference.startsWith("labels by class: "))
        .anyMatch(difference -> difference.endsWith("answers: 2 in the batch, 3 shown"));
  }

  private Comparison.Result compare() {
    return Comparison.of(ledger, seen, kept,
        (topic, wire) -> label(new String(wire, StandardCharsets.UTF_8), "a~1").build());
  }

  private static KeptAnswer kept(String answerId, Boolean correct, String label) {
    return new KeptAnswer(answerId, Decision.ANSWER, OptionalInt.empty(), correct, 0,
        Optional.ofNullable(label).map(id -> id.getBytes(StandardCharsets.UTF_8)));
  }

  private void labelled(Label.Builder label) {
    Label built = label.build();
    sent(Topics.LABELS, built);
    seen.take("k", seen.labels.size(), built);
  }

  private void sent(Topic<?> topic, SpecificRecord record) {
    ledger.enter(new Event(0, topic, "k", record));
  }

  private static Answer.Builder answer(String name) {
    return Answer.newBuilder().setAnswerId(name + "~1").setAskId(name).setCandidate(name).setDecision(Decision.ANSWER)
        .setReason("").setEstimator("e").setModelVersion("base").setModelDigest("d").setPolicyVersion("p")
        .setAskedAt(THEN).setAnsweredAt(THEN);
  }

  private static Label.Builder label(String id, String answerId) {
    return Label.newBuilder().setLabelId(id).setAnswerId(answerId).setSource(LabelSource.PERSON).setPrincipal("p")
        .setLabelledAt(THEN);
  }

  private static Accounting accounting(Map<String, Long> labels, long labelsRead, Map<String, Long> answers) {
    return Accounting.newBuilder().setPartition("0").setLabels(labels).setLabelsRead(labelsRead).setAnswers(answers)
        .setAnswersRead(2).setClosed(true).setEmittedAt(THEN).build();
  }
}
