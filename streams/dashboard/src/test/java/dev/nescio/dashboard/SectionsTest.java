package dev.nescio.dashboard;

import static dev.nescio.dashboard.Records.T0;
import static dev.nescio.dashboard.Records.give;
import static dev.nescio.dashboard.Records.progress;
import static dev.nescio.dashboard.Records.received;
import static dev.nescio.dashboard.Records.release;
import static dev.nescio.dashboard.Records.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class SectionsTest {

  private final Hub hub = new Hub();

  private static MetricSnapshot family(Section section, String name) {
    return section.metrics().stream().filter(f -> f.getMetadata().getName().equals(name)).findFirst().orElseThrow();
  }

  private static Double gauge(Section section, String name, Labels labels) {
    return ((GaugeSnapshot) family(section, name))
        .getDataPoints().stream()
            .filter(p -> p.getLabels().equals(labels))
            .map(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
            .findFirst()
            .orElse(null);
  }

  private static Double counter(Section section, String name, Labels labels) {
    return ((CounterSnapshot) family(section, name))
        .getDataPoints().stream()
            .filter(p -> p.getLabels().equals(labels))
            .map(CounterSnapshot.CounterDataPointSnapshot::getValue)
            .findFirst()
            .orElse(null);
  }

  @Test
  void showsTheReasonInPlaceOfAnUndefinedMetricAndExportsNoSeriesForIt() {
    CalibrationSection section = new CalibrationSection();
    give(section, Topics.CALIBRATION.name(), received("k", snapshot("base", "1h", null, T0)));
    section.publish(hub);

    SliceView view = (SliceView) hub.latest("slice").getFirst().value();
    assertThat(view.figures().get("ece").value()).isNull();
    assertThat(view.figures().get("ece").reason()).isEqualTo("uncalibrated");
    assertThat(family(section, "calibration_ece").getDataPoints()).isEmpty();
    assertThat(family(section, "abstention_a_fpr").getDataPoints()).hasSize(1);
  }

  @Test
  void exportsAMetricWithItsIntervalAndDropsItWithATombstone() {
    CalibrationSection section = new CalibrationSection();
    Labels labels =
        Labels.of(
            "tenant", "*", "domain", "*", "model_version", "base", "policy_version", "*",
            "estimator", "length-normalised-probability", "grader", "lenient", "window", "1h");
    give(section, Topics.CALIBRATION.name(), received("k", snapshot("base", "1h", 0.11, T0)));
    section.publish(hub);

    assertThat(gauge(section, "calibration_ece", labels)).isEqualTo(0.11);
    assertThat(gauge(section, "calibration_ece_lower", labels)).isEqualTo(0.11 - 0.02);
    assertThat(gauge(section, "calibration_ece_upper", labels)).isEqualTo(0.11 + 0.03);
    assertThat(gauge(section, "calibration_samples", labels)).isEqualTo(120);
    assertThat(gauge(section, "calibration_bin_count", labels.merge(Labels.of("bin", "1.00")))).isEqualTo(27);

    give(section, Topics.CALIBRATION.name(), received("k", null));
    section.publish(hub);

    assertThat(hub.latest("slice")).isEmpty();
    assertThat(family(section, "calibration_ece").getDataPoints()).isEmpty();
  }

  @Test
  void remembersHowTheHeadlineFiguresMoved() {
    CalibrationSection section = new CalibrationSection();
    for (int i = 0; i < 1000; i++) {
      give(section, Topics.CALIBRATION.name(), received("k", snapshot("base", "1h", i / 1e4, T0.plusSeconds(5L * i))));
      section.publish(hub);
    }

    List<Trend.Point> points = section.trend("k").orElseThrow().points();

    assertThat(points).hasSizeBetween(100, 240);
    assertThat(points.getFirst().ece()).isZero();
    assertThat(points).isSortedAccordingTo((a, b) -> Long.compare(a.atMicros(), b.atMicros()));
  }

  @Test
  void keepsTheLastFormOfEachClosedPaneOfEachSlice() {
    HistorySection section = new HistorySection();
    give(section, Topics.CALIBRATION_HISTORY.name(), received("s", pane("base", 0.3, 60)));
    give(section, Topics.CALIBRATION_HISTORY.name(), received("s", pane("base", 0.1, 0)));
    give(section, Topics.CALIBRATION_HISTORY.name(), received("s", pane("base", 0.2, 0)));
    CalibrationSnapshot ofAnotherEstimator = pane("base", 0.9, 0);
    ofAnotherEstimator.setEstimator("stated");
    give(section, Topics.CALIBRATION_HISTORY.name(), received("t", ofAnotherEstimator));

    assertThat(section.panes(pane -> !pane.estimator().equals("stated")))
        .extracting(v -> v.figures().get("ece").value()).containsExactly(0.2, 0.3);
    assertThat(section.panes(pane -> true)).hasSize(3);
    assertThat(section.panes(pane -> pane.modelVersion().equals("other"))).isEmpty();
  }

  @Test
  void keepsADayOfPanesOfASliceAndTheNewestOfAll() {
    HistorySection section = new HistorySection();
    for (int minute = 0; minute < 1_500; minute++) {
      give(section, Topics.CALIBRATION_HISTORY.name(), received("s", pane("base", 0.1, 60 * minute)));
    }
    assertThat(section.panes(pane -> true)).hasSize(1_440);
    for (int slice = 0; slice < 20; slice++) {
      for (int minute = 1_500; minute < 2_300; minute++) {
        give(section, Topics.CALIBRATION_HISTORY.name(), received("s" + slice, pane("m" + slice, 0.1, 60 * minute)));
      }
    }
    assertThat(section.panes(pane -> true)).hasSize(10_000);
    assertThat(section.panes(pane -> pane.modelVersion().equals("base"))).as("the oldest go first").isEmpty();
  }

  private static CalibrationSnapshot pane(String model, double ece, int second) {
    CalibrationSnapshot pane = snapshot(model, "pane", ece, T0);
    pane.setWindowStart(T0.plusSeconds(second));
    return pane;
  }

  @Test
  void foldsANightStepByStep() {
    TrainingSection section = new TrainingSection();
    String topic = Topics.TRAINING_PROGRESS.name();
    give(section, topic, received("n1", progress("n1", 1, "dataset", StepState.DONE, 160, 160)));
    give(section, topic, received("n1", progress("n1", 2, "knowledge", StepState.RUNNING, 40, 160)));
    section.publish(hub);

    TrainingView night = (TrainingView) hub.latest("training").getFirst().value();
    assertThat(night.stepsSeen()).extracting(TrainingView.StepView::step).containsExactly("dataset", "knowledge");
    assertThat(night.state()).isEqualTo("RUNNING");
    assertThat(gauge(section, "training_step_done_ratio", Labels.of("step", "knowledge"))).isEqualTo(0.25);
    assertThat(family(section, "training_runs").getDataPoints()).isEmpty();

    give(section, topic, received("n1", progress("n1", 7, "release", StepState.REFUSED, 1, 1)));
    give(section, topic, received("n1", progress("n1", 7, "release", StepState.REFUSED, 1, 1)));

    assertThat(counter(section, "training_runs", Labels.of("outcome", "refused"))).isEqualTo(1);
    assertThat(gauge(section, "training_step", Labels.of("step", "release"))).isNull();
  }

  @Test
  void knowsWhoAnswersOnAChannel() {
    ReleasesSection section = new ReleasesSection();
    String topic = Topics.MODELS.name();
    give(section, topic, received("champion", release("base", ReleaseState.CHAMPION, null)));
    give(section, topic, received("champion", release("n1", ReleaseState.REFUSED, "A-FPR 0.09 is above 0.05")));
    section.publish(hub);

    assertThat(hub.latest("release").stream().map(u -> (ReleaseView) u.value()))
        .extracting(ReleaseView::version, ReleaseView::active)
        .containsExactly(
            tuple("base", true), tuple("n1", false));
    assertThat(((ReleaseView) hub.latest("release").get(1).value()).gate().reason()).contains("0.09");
    assertThat(family(section, "model_active").getDataPoints().getFirst().getLabels().get("model_version"))
        .isEqualTo("base");

    give(section, topic, received("champion", release("n2", ReleaseState.CHAMPION, null)));
    assertThat(family(section, "model_active").getDataPoints()).hasSize(1);
    assertThat(family(section, "model_active").getDataPoints().getFirst().getLabels().get("model_version"))
        .isEqualTo("n2");
  }

  @Test
  void countsLabelsThatEnterAClassThoughClassesShrink() {
    AccountingSection section = new AccountingSection();
    give(section, Topics.ACCOUNTING.name(), received("[\"0\"]", accounting("0", 10, 0)));
    give(section, Topics.ACCOUNTING.name(), received("[\"0\"]", accounting("0", 2, 8)));
    section.publish(hub);

    String topic = Topics.LABELS.name();
    assertThat(counter(section, "labels", Labels.of("topic", topic, "outcome", "waiting"))).isEqualTo(10);
    assertThat(counter(section, "labels", Labels.of("topic", topic, "outcome", "joined"))).isEqualTo(8);
    assertThat(gauge(section, "accounting_labels", Labels.of("outcome", "waiting"))).isEqualTo(2);
    assertThat(((AccountingSection.View) hub.latest("accounting").getFirst().value()).closed()).isTrue();
  }

  @Test
  void sumsTheAccountsOfThePartitions() {
    AccountingSection section = new AccountingSection();
    give(section, Topics.ACCOUNTING.name(), received("[\"0\"]", accounting("0", 2, 8)));
    give(section, Topics.ACCOUNTING.name(), received("[\"1\"]", accounting("1", 1, 4)));
    section.publish(hub);

    AccountingSection.View sum = hub.latest("accounting").stream()
        .map(update -> (AccountingSection.View) update.value())
        .filter(view -> view.partition().equals("*"))
        .findFirst().orElseThrow();
    assertThat(sum.labels()).containsEntry("waiting", 3L).containsEntry("joined", 12L);
    assertThat(sum.labelsRead()).isEqualTo(15);
    assertThat(sum.answersRead()).isEqualTo(12);
    assertThat(gauge(section, "accounting_labels", Labels.of("outcome", "joined"))).isEqualTo(12);
  }

  private static Accounting accounting(String partition, long waiting, long joined) {
    return Accounting.newBuilder()
        .setPartition(partition)
        .setLabels(Map.of("waiting", waiting, "joined", joined))
        .setLabelsRead(waiting + joined)
        .setAnswers(Map.of("labelled", joined))
        .setAnswersRead(joined)
        .setClosed(true)
        .setEmittedAt(T0)
        .build();
  }

  @Test
  void showsAlertsWhileTheyAreOpen() {
    AlertsSection section = new AlertsSection();
    give(section, Topics.ALERTS.name(), received("a", alert(AlertState.OPENED)));
    section.publish(hub);
    assertThat(hub.latest("alert")).hasSize(1);
    assertThat(section.metrics()).singleElement()
        .satisfies(gauge -> assertThat(gauge.getMetadata().getName()).isEqualTo("alert_open"))
        .satisfies(gauge -> assertThat(gauge.getDataPoints()).hasSize(1));

    give(section, Topics.ALERTS.name(), received("a", alert(AlertState.CLOSED)));
    section.publish(hub);
    assertThat(hub.latest("alert")).isEmpty();
    assertThat(section.metrics().getFirst().getDataPoints()).isEmpty();
    assertThat(hub.latest("closedalert")).singleElement()
        .satisfies(update -> assertThat(((AlertsSection.View) update.value()).state()).isEqualTo("CLOSED"));
    for (int i = 0; i < 30; i++) {
      Alert later = alert(AlertState.CLOSED);
      later.setAlertId("b" + i);
      give(section, Topics.ALERTS.name(), received("b", later));
    }
    section.publish(hub);
    assertThat(hub.latest("closedalert")).hasSize(20).noneMatch(update -> update.key().equals("a"));
  }

  private static Alert alert(AlertState state) {
    return Alert.newBuilder()
        .setAlertId("a")
        .setState(state)
        .setTenant("*")
        .setDomain("*")
        .setModelVersion("base")
        .setMetric("ece:bins=10 1h")
        .setLimit(0.1)
        .setMessage("ECE is above 0.1")
        .setAt(T0)
        .build();
  }

  @Test
  void groupsDeadLettersByStageAndCause() {
    DeadLettersSection section = new DeadLettersSection();
    RecordHeaders headers = new RecordHeaders();
    headers.add(DeadLetters.STAGE, "inference".getBytes(StandardCharsets.UTF_8));
    headers.add(DeadLetters.CAUSE, "undecodable".getBytes(StandardCharsets.UTF_8));
    headers.add(DeadLetters.TOPIC, "qa.questions.v1".getBytes(StandardCharsets.UTF_8));
    Received<byte[]> letter = new Received<>("q", new byte[] {1}, headers, T0);
    give(section, Topics.DEAD_LETTERS.name(), letter);
    give(section, Topics.DEAD_LETTERS.name(), letter);
    give(section, Topics.DEAD_LETTERS.name(), new Received<>("q", new byte[] {1}, new RecordHeaders(), T0));
    section.publish(hub);

    assertThat(hub.latest("deadletter").stream().map(u -> ((DeadLettersSection.View) u.value()).count()))
        .containsExactlyInAnyOrder(2L, 1L);
    assertThat(counter(section, "dlq_records", Labels.of("stage", "inference", "error", "undecodable"))).isEqualTo(2);
  }
}
