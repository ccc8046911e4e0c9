package dev.nescio.evaluation;

import static dev.nescio.evaluation.Records.answer;
import static dev.nescio.evaluation.Records.label;
import static dev.nescio.evaluation.Records.reference;
import static dev.nescio.evaluation.TestPipe.START;
import static dev.nescio.evaluation.TestPipe.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EvaluationTopologyTest {

  private TestPipe pipe = new TestPipe(Map.of(), 1);

  @AfterEach
  void close() {
    pipe.close();
  }

  @Test
  void gradesAnAnswerAndShowsItOnceTheGradeCameBack() {
    pipe.reference("q", reference(0, START, "Lima"));
    pipe.answer("q",
        answer("q", "1", "Lima, the capital", START).setConfidence(0.7).setCalibratorVersion("c1").build());
    pipe.settle();

    Label grade = pipe.read(Topics.LABELS).getFirst();
    assertThat(grade.getCorrect()).isTrue();
    assertThat(grade.getGrades()).containsEntry("lenient", true).containsEntry("strict", false);
    assertThat(grade.getPrincipal()).isEqualTo("grader:lenient");
    assertThat(grade.getLabelledAt()).isEqualTo(START);
    CalibrationSnapshot all = pipe.snapshot("all");
    assertThat(all.getCounts()).containsEntry("answers", 1L).containsEntry("correct", 1L).containsEntry("waiting", 0L);
    assertThat(all.getLabelCoverage()).isEqualTo(1.0);
    assertThat(all.getCalibratorVersion()).isEqualTo("c1");
    assertThat(metric(all, "ece:bins=10").getValue()).isCloseTo(0.3, within(1e-9));
    assertThat(metric(all, "accuracy").getValue()).isEqualTo(1.0);
    assertThat(pipe.read(Topics.EXAMPLES)).singleElement()
        .satisfies(example -> assertThat(example.getLabel()).isEqualTo(grade));
    assertThat(pipe.accounting().getClosed()).isTrue();
  }

  @Test
  void gradesAnAnswerThatCameBeforeItsReference() {
    pipe.answer("q", answer("q", "1", "Cusco", START).build());
    pipe.settle();
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("waiting", 1L);

    pipe.reference("q", reference(0, START.plusSeconds(5), "Lima"));
    pipe.settle();

    assertThat(pipe.read(Topics.LABELS)).singleElement()
        .satisfies(grade -> assertThat(grade.getLabelledAt()).isEqualTo(START.plusSeconds(5)));
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("waiting", 0L).containsEntry("incorrect", 1L);
  }

  @Test
  void gradesAnewWhenTheReferenceChanges() {
    pipe.reference("q", reference(0, START, "Lima"));
    pipe.answer("q", answer("q", "1", "Cusco", START).build());
    pipe.reference("q", reference(1, START, "Lima", "Cusco"));
    pipe.settle();

    assertThat(pipe.read(Topics.LABELS)).extracting(Label::getRevision).containsExactly(0L, 1L);
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("correct", 1L).containsEntry("incorrect", 0L);
    assertThat(pipe.accounting().getLabels()).containsEntry("joined", 1L).containsEntry("superseded", 1L);
  }

  @Test
  void doesNotGradeAnItemWithoutAnAnswer() {
    var unanswerable = reference(0, START);
    unanswerable.setAnswerable(false);
    pipe.reference("q", unanswerable);
    pipe.answer("q", answer("q", "1", "Cusco", START).build());
    pipe.settle();

    assertThat(pipe.read(Topics.LABELS)).singleElement()
        .satisfies(grade -> assertThat(grade.getCorrect()).isNull())
        .satisfies(grade -> assertThat(grade.getReason()).contains("has no answer"));
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("ungradable", 1L).containsEntry("correct", 0L)
        .containsEntry("incorrect", 0L).containsEntry("labelled", 1L);
  }

  @Test
  void countsAnErrorAndLeavesItOutOfEveryMetric() {
    pipe.reference("q", reference(0, START, "Lima"));
    pipe.answer("q", answer("q", "1", "", START).setDecision(Decision.ERROR).build());
    pipe.settle();

    assertThat(pipe.read(Topics.LABELS)).isEmpty();
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("errors", 1L).containsEntry("answers", 1L);
    assertThat(pipe.accounting().getAnswers()).containsEntry("error", 1L);
  }

  @Test
  void takesACorrectionAndARetractionOutOfEveryWindow() {
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.settle();
    assertThat(pipe.snapshot("5m").getCounts()).containsEntry("correct", 1L);

    pipe.label("q", label("l2", "q~1", false, START).setRevision(1).build());
    pipe.settle();
    for (String window : List.of("5m", "1h", "24h", "7d", "all")) {
      assertThat(pipe.snapshot(window).getCounts()).as(window).containsEntry("correct", 0L)
          .containsEntry("incorrect", 1L);
    }

    pipe.label("q", label("l3", "q~1", true, START).setAction(LabelAction.RETRACT).setRevision(2).build());
    pipe.settle();
    for (String window : List.of("5m", "1h", "24h", "7d", "all")) {
      assertThat(pipe.snapshot(window).getCounts()).as(window).containsEntry("incorrect", 0L)
          .containsEntry("waiting", 1L);
    }
    assertThat(pipe.accounting().getLabels()).containsEntry("retracted", 2L).containsEntry("retraction", 1L);
  }

  @Test
  void countsDuplicatesAndLabelsThatCameFirst() {
    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.settle();
    assertThat(pipe.accounting().getLabels()).containsEntry("waiting", 1L).containsEntry("duplicate", 1L);

    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.settle();

    assertThat(pipe.accounting().getLabels()).containsEntry("joined", 1L).containsEntry("waiting", 0L);
    assertThat(pipe.accounting().getAnswerDuplicates()).isEqualTo(1);
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("answers", 1L).containsEntry("correct", 1L);
  }

  @Test
  void ledgersALateLabelAndAnOrphan() {
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.label("q", label("l1", "q~1", true, START.plus(Duration.ofDays(7)).plusMillis(1)).build());
    pipe.label("r", label("l2", "r~1", true, START).build());
    pipe.settle();

    assertThat(pipe.read(Topics.LATE_LABELS)).singleElement()
        .satisfies(late -> assertThat(late.getReason()).isEqualTo("late"))
        .satisfies(late -> assertThat(late.getLabel().getLabelId()).isEqualTo("l1"))
        .satisfies(late -> assertThat(late.getAnsweredAt()).isEqualTo(START));
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("late", 1L).containsEntry("labelled", 0L);

    pipe.pass(Duration.ofDays(8));
    pipe.settle();
    assertThat(pipe.accounting().getLabels()).containsEntry("orphan", 1L).containsEntry("waiting", 0L);
    assertThat(pipe.accounting().getAnswers()).containsEntry("expired", 1L);

    pipe.label("q", label("l3", "q~1", true, START).build());
    pipe.settle();
    assertThat(pipe.read(Topics.LATE_LABELS)).singleElement()
        .satisfies(late -> assertThat(late.getReason()).isEqualTo("after-eviction"));
    assertThat(pipe.accounting().getLabels()).containsEntry("after-eviction", 1L);
    assertThat(pipe.accounting().getClosed()).isTrue();
  }

  @Test
  void quarantinesALabelOfSomebodyWhoIsNotTrusted() {
    pipe.close();
    pipe = new TestPipe(Map.of("labels.blocked", "PERSON:mallory"), 1);
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.label("q", label("l1", "q~1", false, START).setPrincipal("mallory").build());
    pipe.settle();
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("labelled", 0L);
    assertThat(pipe.read(Topics.LATE_LABELS)).singleElement()
        .satisfies(held -> assertThat(held.getReason()).isEqualTo("quarantined"))
        .satisfies(held -> assertThat(held.getAnsweredAt()).isEqualTo(START));

    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.settle();

    assertThat(pipe.snapshot("all").getCounts()).as("the id was not used up").containsEntry("correct", 1L);
    assertThat(pipe.accounting().getLabels()).containsEntry("quarantined", 1L).containsEntry("joined", 1L);
    assertThat(pipe.accounting().getClosed()).isTrue();
  }

  @Test
  void saysHowFarAGraderAgreesWithPeople() {
    for (int i = 0; i < 4; i++) {
      pipe.answer("q" + i, answer("q" + i, "1", "Lima", START).build());
      pipe.label("q" + i, label("p" + i, "q" + i + "~1", i < 2, START).build());
      pipe.label("q" + i, label("g" + i, "q" + i + "~1", i < 3, START).setSource(LabelSource.GRADER).build());
    }
    pipe.label("q0", label("j", "q0~1", true, START).setSource(LabelSource.SIGNAL).build());
    pipe.settle();
    assertThat(metric(pipe.snapshot("5m"), "agreement:of=grader").getValue()).isEqualTo(0.75);
    assertThat(metric(pipe.snapshot("5m"), "agreement:of=grader").getN()).isEqualTo(4);
    assertThat(metric(pipe.snapshot("5m"), "agreement:of=judge").getReason()).contains("no answer was labelled");

    pipe.label("q2", label("r", "q2~1", true, START).setAction(LabelAction.RETRACT).setRevision(1).build());
    pipe.settle();
    assertThat(metric(pipe.snapshot("5m"), "agreement:of=grader").getValue()).isEqualTo(1.0);
    assertThat(metric(pipe.snapshot("5m"), "agreement:of=grader").getN()).isEqualTo(3);
  }

  @Test
  void saysHowManyAnswersAreLabelledAndHowLongThatTook() {
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.answer("r", answer("r", "1", "Lima", START).build());
    pipe.label("q", label("l1", "q~1", true, START.plusSeconds(10)).build());
    pipe.settle();
    assertThat(metric(pipe.snapshot("5m"), "label_coverage").getValue()).isEqualTo(0.5);
    assertThat(metric(pipe.snapshot("5m"), "label_delay_seconds:quantile=0.5").getValue()).isBetween(10.0, 10.7);

    pipe.label("q", label("l2", "q~1", true, START.plusSeconds(100)).setRevision(1).build());
    pipe.settle();
    assertThat(metric(pipe.snapshot("5m"), "label_delay_seconds:quantile=0.9").getValue()).isBetween(100.0, 107.0);
  }

  @Test
  void publishesAClosedPaneAgainWhenALabelChangesItDaysLater() {
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.settle();
    pipe.pass(Duration.ofDays(3));
    assertThat(pipe.read(Topics.CALIBRATION_HISTORY)).hasSize(5);

    pipe.label("q", label("l2", "q~1", false, START).setRevision(1).build());
    pipe.settle();
    pipe.pass(Duration.ofSeconds(65));

    assertThat(pipe.read(Topics.CALIBRATION_HISTORY)).hasSize(5)
        .allSatisfy(pane -> assertThat(pane.getWindowStart()).isEqualTo(START))
        .allSatisfy(pane -> assertThat(pane.getCounts()).containsEntry("incorrect", 1L).containsEntry("correct", 0L));
  }

  @Test
  void opensAnAlertAndAsksForANightOnce() {
    pipe.close();
    pipe = new TestPipe(Map.of("alert.training", "a-fpr,miscalibration", "alert.minimum", "50"), 1);
    for (int i = 0; i < 120; i++) {
      pipe.answer("q" + i, answer("q" + i, "1", "Lima", START).setConfidence(0.95).setDecision(Decision.IDK).build());
      pipe.label("q" + i, label("l" + i, "q" + i + "~1", i % 2 == 0, START).build());
    }
    pipe.settle();
    pipe.pass(Duration.ofSeconds(65));

    assertThat(pipe.read(Topics.ALERTS)).extracting(Alert::getState, Alert::getMetric)
        .containsExactlyInAnyOrder(tuple(AlertState.OPENED, "miscalibration 1h"), tuple(AlertState.OPENED, "a-fpr 1h"));
    assertThat(pipe.read(Topics.TRAINING_REQUESTS)).as("at most one a day").singleElement()
        .satisfies(request -> assertThat(request.getReason()).startsWith("alert: "))
        .satisfies(request -> assertThat(request.getRequestedBy()).isEqualTo("evaluation"));

    pipe.pass(Duration.ofDays(8));
    for (int i = 0; i < 6; i++) pipe.pass(Duration.ofSeconds(65));
    assertThat(pipe.read(Topics.ALERTS)).hasSize(2)
        .allSatisfy(alert -> assertThat(alert.getState()).isEqualTo(AlertState.CLOSED));
  }

  @Test
  void fitsForEachScopeAndForWhatItsPolicyAsks() {
    pipe.policy(policy("acme", "*").setThresholdScore(ThresholdScore.ONE_MINUS_CONFIDENCE).setAlpha(0.2).build());
    pipe.sendBytes(Topics.POLICIES, Keys.policy("acme", "geo"), new byte[] {9, 9, 9});
    for (int i = 0; i < 100; i++) labelled(i);
    pipe.settle();

    Map<String, Calibrator> byScope = new HashMap<>();
    pipe.read(Topics.CALIBRATORS).forEach(c -> byScope.put(c.getTenant() + " " + c.getDomain(), c));
    assertThat(byScope).containsOnlyKeys("acme geo", "acme *", "* *");
    assertThat(byScope.get("acme geo").getThreshold().getScore()).isEqualTo(ThresholdScore.ONE_MINUS_CONFIDENCE);
    assertThat(byScope.get("acme *").getThreshold().getAlpha()).isEqualTo(0.2);
    assertThat(byScope.get("* *").getThreshold().getScore()).isEqualTo(ThresholdScore.P_IDK);
    assertThat(byScope.get("* *").getThreshold().getAlpha()).as("half of the gate's").isEqualTo(0.025);
  }

  @Test
  void aLimitThatFollowsADriftIsPublishedWithItsStep() {
    pipe.close();
    pipe = new TestPipe(Map.of("threshold.step", "0.01"), 1);
    pipe.policy(policy("*", "*").setThresholdTarget(ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST).setAlpha(0.2).build());
    pipe.policy(policy("acme", "*").setAlpha(0.2).build());
    for (int i = 0; i < 100; i++) labelled(i);
    pipe.settle();

    Map<String, Calibrator> byScope = new HashMap<>();
    pipe.read(Topics.CALIBRATORS).forEach(c -> byScope.put(c.getTenant() + " " + c.getDomain(), c));
    Calibrator following = byScope.get("* *");
    assertThat(following.getThreshold().getTarget()).isEqualTo(ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST);
    assertThat(following.getThreshold().getDelta()).isZero();
    assertThat(following.getFigures()).containsEntry("threshold_step", 0.01);
    // Everything has p_idk .1 and half is wrong: the limit swings around it by its step.
    assertThat(following.getThreshold().getTau()).isCloseTo(0.1, within(0.01)).isNotEqualTo(Math.nextDown(0.1));
    assertThat(byScope.get("acme *").getFigures()).as("another promise").doesNotContainKey("threshold_step");
  }

  private static Policy.Builder policy(String tenant, String domain) {
    return Policy.newBuilder().setTenant(tenant).setDomain(domain).setVersion("p2").setEstimator(Records.ESTIMATOR)
        .setCreatedAt(START).setCreatedBy("ann");
  }

  @Test
  void setsAsideWhatItCannotRead() {
    pipe.sendBytes(Topics.LABELS, "q", new byte[] {9, 9, 9});
    pipe.sendBytes(Topics.ANSWERS, "q", null);
    pipe.label("other", label("l1", "q~1", true, START).build());
    pipe.answer("q", answer("q", "1", "Lima", START).setConfidence(1.5).build());
    pipe.label("q", label("l2", "q~1", true, START).build());
    pipe.settle();

    List<TestRecord<byte[], byte[]>> letters = pipe.deadLetters();
    assertThat(letters).extracting(letter -> header(letter, DeadLetters.CAUSE))
        .containsExactly("undecodable", "missing-value", "invalid", "invalid");
    assertThat(letters.getFirst().value()).containsExactly(9, 9, 9);
    assertThat(letters.getFirst().key()).asString(StandardCharsets.UTF_8).isEqualTo("q");
    assertThat(header(letters.getFirst(), DeadLetters.TOPIC)).isEqualTo("qa.labels.v1");
    assertThat(header(letters.getFirst(), DeadLetters.OFFSET)).isEqualTo("0");
    assertThat(header(letters.get(2), DeadLetters.MESSAGE)).contains("belongs to the item q");
    assertThat(header(letters.get(3), DeadLetters.MESSAGE)).contains("confidence", "1.5");
    assertThat(pipe.accounting().getLabels()).containsEntry("dead-lettered", 2L).containsEntry("waiting", 1L);
    assertThat(pipe.accounting().getLabelsRead()).isEqualTo(3);
    assertThat(pipe.accounting().getClosed()).isTrue();
  }

  @Test
  void setsAsideARecordOnTheWrongPartitionAndNamesTheFix() {
    pipe.close();
    pipe = new TestPipe(Map.of(), 64);
    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.settle();

    assertThat(pipe.deadLetters()).singleElement()
        .satisfies(letter -> assertThat(header(letter, DeadLetters.CAUSE)).isEqualTo("wrong-partition"))
        .satisfies(letter -> assertThat(header(letter, DeadLetters.MESSAGE)).contains("partitioner=murmur2_random"));
  }

  @Test
  void letsWindowsSlideAndPanesCloseOnAnIdleTopic() {
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.label("q", label("l1", "q~1", true, START).build());
    pipe.settle();
    assertThat(pipe.read(Topics.CALIBRATION_HISTORY)).isEmpty();
    assertThat(pipe.snapshot("5m").getCounts()).containsEntry("correct", 1L);

    pipe.pass(Duration.ofSeconds(65));
    List<CalibrationSnapshot> closed = pipe.read(Topics.CALIBRATION_HISTORY);
    assertThat(closed).hasSize(5).first()
        .satisfies(pane -> assertThat(pane.getWindowStart()).isEqualTo(START))
        .satisfies(pane -> assertThat(pane.getWindowEnd()).isEqualTo(START.plusSeconds(60)))
        .satisfies(pane -> assertThat(pane.getCounts()).containsEntry("correct", 1L));

    pipe.pass(Duration.ofMinutes(4));
    assertThat(pipe.snapshot("5m").getCounts()).containsEntry("correct", 0L).containsEntry("answers", 0L);
    assertThat(metric(pipe.snapshot("5m"), "accuracy").getReason()).isEqualTo("no answers in this window");
    assertThat(pipe.snapshot("1h").getCounts()).containsEntry("correct", 1L);
    pipe.pass(Duration.ofHours(1));
    assertThat(pipe.snapshot("1h").getCounts()).containsEntry("correct", 0L);
    pipe.pass(Duration.ofDays(1));
    assertThat(pipe.snapshot("24h").getCounts()).containsEntry("correct", 0L);
    pipe.pass(Duration.ofDays(7));
    assertThat(pipe.snapshot("7d").getCounts()).containsEntry("correct", 0L);
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("correct", 1L);
    assertThat(pipe.read(Topics.CALIBRATION_HISTORY)).isEmpty();
  }

  @Test
  void showsOnlyWhatChanged() {
    pipe.answer("q", answer("q", "1", "Lima", START).build());
    pipe.settle();
    assertThat(pipe.read(Topics.CALIBRATION)).hasSize(25);
    pipe.settle();
    assertThat(pipe.read(Topics.CALIBRATION)).isEmpty();
    pipe.answer("r", answer("r", "1", "Lima", START).setDomain("history").build());
    pipe.settle();
    assertThat(pipe.read(Topics.CALIBRATION)).hasSize(25);
  }

  @Test
  void saysHowManyLabelsACalibratorNeedsAndThenFitsOne() {
    for (int i = 0; i < 99; i++) labelled(i);
    pipe.settle();
    assertThat(metric(pipe.snapshot("all"), "ece:bins=10").getReason())
        .isEqualTo("uncalibrated: 99 of 100 labels needed");
    assertThat(pipe.calibrators()).isEmpty();

    labelled(99);
    pipe.settle();
    Calibrator first = pipe.calibrators().getFirst();
    assertThat(first.getN()).isEqualTo(100);
    assertThat(first.getCorrect()).isEqualTo(50);
    assertThat(first.getFigures()).containsKeys("cv_brier", "cv_brier:" + first.getMethod());
    assertThat(first.getModelDigest()).isEqualTo("digest-of-base");
    assertThat(first.getThreshold().getTau()).isEqualTo(0.1);
    assertThat(first.getVersion()).isEqualTo("evaluation-000001");

    for (int i = 100; i < 124; i++) labelled(i);
    pipe.settle();
    assertThat(pipe.calibrators()).isEmpty();
    labelled(124);
    pipe.settle();
    assertThat(pipe.calibrators()).singleElement()
        .satisfies(second -> assertThat(second.getVersion()).isEqualTo("evaluation-000002"))
        .satisfies(second -> assertThat(second.getN()).isEqualTo(125));
  }

  @Test
  void fitsAnewAfterADayWhenAnythingChanged() {
    for (int i = 0; i < 100; i++) labelled(i);
    pipe.settle();
    assertThat(pipe.calibrators()).hasSize(1);
    pipe.pass(Duration.ofHours(25));
    assertThat(pipe.calibrators()).as("nothing changed").isEmpty();
    labelled(100);
    pipe.settle();
    pipe.pass(Duration.ofMinutes(1));
    assertThat(pipe.calibrators()).singleElement()
        .satisfies(second -> assertThat(second.getN()).isEqualTo(101));
  }

  @Test
  void fitsOnTheNewestLabelsOnly() {
    pipe.close();
    pipe = new TestPipe(Map.of("max.points", "100"), 1);
    for (int i = 0; i < 150; i++) labelled(i);
    pipe.settle();

    assertThat(pipe.calibrators()).isNotEmpty().allSatisfy(calibrator -> assertThat(calibrator.getN()).isEqualTo(100));
  }

  @Test
  void fitsAnewWithoutTheLabelsThatWereTakenBack() {
    for (int i = 0; i < 130; i++) labelled(i);
    pipe.settle();
    assertThat(pipe.calibrators()).isNotEmpty();
    for (int i = 0; i < 33; i++) {
      pipe.label("q" + i, label("r" + i, "q" + i + "~1", true, START).setAction(LabelAction.RETRACT).setRevision(1)
          .build());
    }
    pipe.settle();
    assertThat(pipe.calibrators()).allSatisfy(calibrator -> assertThat(calibrator.getN()).isBetween(100L, 130L));
    pipe.pass(Duration.ofHours(25));
    assertThat(pipe.calibrators()).as("97 labels are too few").isEmpty();
    for (int i = 130; i < 133; i++) labelled(i);
    pipe.settle();
    assertThat(pipe.calibrators()).singleElement()
        .satisfies(calibrator -> assertThat(calibrator.getN()).isEqualTo(100));
  }

  @Test
  void putsWhatIsOverTheCapIntoOneSliceOfItsKindSoThatEachAnswerIsThereOnce() {
    pipe.close();
    pipe = new TestPipe(Map.of("max.slices", "5"), 1);
    for (int i = 0; i < 10; i++) {
      pipe.answer("q" + i, answer("q" + i, "1", "Lima", START).setTenant("t" + i).build());
      pipe.label("q" + i, label("l" + i, "q" + i + "~1", true, START).build());
    }
    pipe.settle();
    List<CalibrationSnapshot> all = allTime();
    assertThat(all).filteredOn(s -> !s.getTenant().startsWith("(") && !s.getTenant().equals("*")).hasSize(4);
    for (String policy : List.of("*", "p1")) {
      assertThat(all).filteredOn(s -> !s.getTenant().equals("*")
              && s.getPolicyVersion().equals("*") == policy.equals("*")).as(policy)
          .anySatisfy(s -> assertThat(s.getTenant()).isEqualTo("(overflow 0)"))
          .satisfies(kind -> assertThat(kind.stream().mapToLong(s -> s.getCounts().get("answers")).sum()).isEqualTo(10));
    }
    assertThat(pipe.snapshot("all").getCounts()).containsEntry("answers", 10L).containsEntry("correct", 10L);
  }

  @Test
  void takesALabelBackFromTheOverflowThoughThereIsRoomByThen() {
    pipe.close();
    pipe = new TestPipe(Map.of("max.slices", "3", "horizon", "P30D"), 1);
    for (String tenant : List.of("old", "new")) {
      pipe.answer(tenant, answer(tenant, "1", "Lima", START).setTenant(tenant).build());
      pipe.label(tenant, label("l" + tenant, tenant + "~1", true, START).build());
      pipe.settle();
    }
    assertThat(answersOf("old", allTime())).isEqualTo(1);
    pipe.pass(Duration.ofDays(8));
    pipe.label("new", label("l2", "new~1", false, START.plusSeconds(60)).setRevision(2).build());
    Instant now = START.plus(Duration.ofDays(8));
    pipe.answer("third", answer("third", "1", "Lima", now).setTenant("third").build());
    pipe.settle();
    List<CalibrationSnapshot> all = allTime();
    assertThat(answersOf("new", all)).isZero();
    assertThat(all).filteredOn(s -> s.getTenant().equals("(overflow 0)") && s.getPolicyVersion().equals("*"))
        .last().satisfies(s -> assertThat(s.getCounts()).containsEntry("correct", 0L).containsEntry("incorrect", 1L));
    assertThat(answersOf("third", all)).as("the week-old slice made room").isEqualTo(1);
  }

  /** What the all-time windows showed since they were last read. */
  private List<CalibrationSnapshot> allTime() {
    return pipe.all().stream().filter(snapshot -> snapshot.getWindow().equals("all")).toList();
  }

  private static long answersOf(String tenant, List<CalibrationSnapshot> all) {
    return all.stream().filter(s -> s.getTenant().equals(tenant) && s.getPolicyVersion().equals("*"))
        .mapToLong(s -> s.getCounts().get("answers")).max().orElse(0);
  }

  private void labelled(int i) {
    boolean correct = i % 2 == 0;
    Answer answer = answer("q" + i, "1", "x", START)
        .setScores(Map.of(Records.ESTIMATOR, new RawScore(correct ? -0.1 - i / 1e3 : -2.0 + i / 1e3,
            ScoreKind.UNBOUNDED, null))).build();
    pipe.answer("q" + i, answer);
    pipe.label("q" + i, label("l" + i, "q" + i + "~1", correct, START).build());
  }

  private static String header(TestRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
