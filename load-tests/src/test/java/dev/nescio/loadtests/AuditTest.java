package dev.nescio.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.MetricValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AuditTest {

  private static final Instant NOW = Instant.parse("2026-01-05T00:00:00Z");

  private final List<Answer> answers =
      List.of(answer("a", Decision.ANSWER), answer("b", Decision.IDK), answer("c", Decision.ANSWER));
  private final List<Label> labels = List.of(label("a", true), label("b", false));
  private final Map<String, Long> counts = new HashMap<>(Map.ofEntries(
      Map.entry("answers", 3L), Map.entry("labelled", 2L), Map.entry("waiting", 1L), Map.entry("errors", 0L),
      Map.entry("ungradable", 0L), Map.entry("idk", 1L), Map.entry("answered", 2L), Map.entry("correct", 1L),
      Map.entry("incorrect", 1L), Map.entry("idk_correct", 0L), Map.entry("idk_incorrect", 1L),
      Map.entry("answered_correct", 1L), Map.entry("answered_incorrect", 0L)));

  @Test
  void findsNothingWhereAllIsEqual() {
    Audit.Result result = audit(answers, labels, accounts(3, 2, true));

    assertThat(result.differences()).isEmpty();
    assertThat(result.snapshots()).isEqualTo(1);
    assertThat(result.figures()).isEqualTo(2 + counts.size() + Metrics.all("lenient").size());
  }

  @Test
  void namesTheFigureThatIsOff() {
    counts.put("correct", 2L);

    assertThat(audit(answers, labels, accounts(3, 2, true)).differences())
        .containsExactly("correct: 1 in the batch, 2 shown");
  }

  @Test
  void seesAnOpenAccountingAndRecordsThatAreNotInIt() {
    assertThat(audit(answers, labels, accounts(2, 2, false)).differences())
        .containsExactly("the accounting of partition 0 is open", "answers accounted for: 3 in the batch, 2 shown");
  }

  @Test
  void seesWhatIsThereTwice() {
    List<Answer> twice = List.of(answers.get(0), answers.get(1), answers.get(2), answers.get(2));
    List<Label> labelledTwice = List.of(labels.get(0), labels.get(1), labels.get(1));

    assertThat(audit(twice, labelledTwice, accounts(4, 3, true)).differences())
        .containsExactly("answered twice: q~c", "labelled twice: label of b");
  }

  @Test
  void missesASnapshotThatWasNeverPublished() {
    assertThat(Audit.of(answers, labels, List.of(accounts(3, 2, true)), List.of()).differences())
        .containsExactly("no snapshot of all time was published");
  }

  private Audit.Result audit(List<Answer> given, List<Label> givenLabels, Accounting accounts) {
    return Audit.of(given, givenLabels, List.of(accounts), List.of(snapshot()));
  }

  private CalibrationSnapshot snapshot() {
    CalibrationSummary summary = new CalibrationSummary();
    summary.add(new Observation(OptionalInt.empty(), OptionalInt.of(250_000_000), true, false, false));
    summary.add(new Observation(OptionalInt.empty(), OptionalInt.of(250_000_000), false, true, false));
    List<MetricValue> metrics = Metrics.all("lenient").stream().map(metric -> MetricValue.newBuilder()
        .setName(metric.name()).setN(2).setValue(metric.of(summary).map(Estimate::value).orElse(null)).build()).toList();
    return CalibrationSnapshot.newBuilder()
        .setTenant("*").setDomain("*").setModelVersion("base").setPolicyVersion("*").setEstimator("sequence-probability")
        .setGrader("lenient").setWindow("all").setEmittedAt(NOW).setMetrics(metrics).setCounts(counts).build();
  }

  private static Accounting accounts(long answersRead, long labelsRead, boolean closed) {
    return Accounting.newBuilder().setPartition("0").setLabels(Map.of()).setLabelsRead(labelsRead).setAnswers(Map.of())
        .setAnswersRead(answersRead).setClosed(closed).setEmittedAt(NOW).build();
  }

  private static Answer answer(String name, Decision decision) {
    return Answer.newBuilder()
        .setAnswerId("q~" + name).setAskId(name).setCandidate("text").setDecision(decision).setReason("because")
        .setEstimator("sequence-probability").setPIdk(0.25).setModelVersion("base").setModelDigest("d")
        .setPolicyVersion("p").setAskedAt(NOW).setAnsweredAt(NOW).build();
  }

  private static Label label(String name, boolean correct) {
    return Label.newBuilder()
        .setLabelId("label of " + name).setAnswerId("q~" + name).setCorrect(correct).setSource(LabelSource.GRADER)
        .setPrincipal("lenient").setLabelledAt(NOW).build();
  }
}
