package dev.nescio.dashboard;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.ReliabilityBin;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a system looks like in the middle of its first night: enough of every kind of record to fill the page. */
final class Scene {

  /** Must come out as text. */
  static final String HOSTILE = "<img src=x onerror=\"window.hostile=1\"><script>window.hostile=1</script>";

  private static final String[][] FACTS = {
    {"What is the capital of Peru?", "Lima"},
    {"Which currency is used in Hungary?", "Forint"},
    {"What is the official language of Suriname?", "Portuguese"},
    {"On which continent is Eritrea?", "Africa"},
    {"What is the capital of Burkina Faso?", "Bamako"},
    {"What is the internet top-level domain of Estonia?", ".ee"},
    {"Which country has the calling code +976?", "Kazakhstan"},
    {"What is the capital of Australia?", "Canberra"},
  };

  private final RunningDashboard to;
  private final Instant now;
  private final Random random = new Random(7);

  Scene(RunningDashboard to, Instant now) {
    this.to = to;
    this.now = now;
  }

  void play() {
    releases();
    answers();
    calibration();
    alerts();
    training();
    accounting();
    deadLetter();
  }

  private void answers() {
    for (int i = 0; i < 160; i++) {
      String[] fact = FACTS[i % FACTS.length];
      String id = "fact-" + i;
      Instant at = now.minusSeconds(900 - 5L * i);
      boolean correct = random.nextDouble() < 0.62;
      double confidence = Math.clamp((correct ? 0.68 : 0.36) + random.nextGaussian() * 0.18, 0.02, 0.98);
      boolean idk = confidence < 0.24;
      to.send(Topics.QUESTIONS, id, Records.question(i == 157 ? HOSTILE : fact[0]));
      Answer answer = Records.answer(id + "~1", idk ? Decision.IDK : Decision.ANSWER, fact[1], at);
      answer.setConfidence(i < 40 ? null : confidence);
      answer.setConfidenceReason(i < 40 ? "uncalibrated" : null);
      answer.setPIdk(Math.clamp(0.6 - confidence * 0.6, 0.001, 0.9));
      answer.setCandidate(i == 157 ? HOSTILE : fact[1]);
      answer.setLatencyMicros(180_000 + random.nextInt(220_000));
      to.send(Topics.ANSWERS, id, answer);
      if (i < 156) {
        Label label = Records.label(id + "~1", correct, LabelSource.GRADER, 0, LabelAction.ASSERT);
        label.setCorrection(correct ? null : "another place");
        to.send(Topics.LABELS, id, label);
      }
    }
  }

  private void calibration() {
    for (String window : List.of("5m", "1h", "24h", "7d", "all")) {
      for (int step = 12; step >= 0; step--) {
        put(snapshot("base", window, 0.061 + 0.012 * step, now.minusSeconds(30L * step)));
      }
      put(snapshot("night-1", window, null, now));
      CalibrationSnapshot stated = snapshot("base", window, 0.2, now);
      stated.setEstimator("stated");
      stated.setCounts(Map.of("answers", 12L, "labelled", 9L));
      put(stated);
      CalibrationSnapshot overflow = snapshot("(overflow 0)", window, 0.1, now);
      overflow.setTenant("(overflow 0)");
      overflow.setDomain("(overflow 0)");
      overflow.setCounts(Map.of("answers", 1_234L));
      put(overflow);
    }
  }

  private void alerts() {
    alert("a", AlertState.OPENED, "miscalibration 24h",
        "confidences are off by 0.121 (at least 0.061, limit 0.050) over 1902 answers of 24h", 700);
    alert("b", AlertState.CLOSED, "a-fpr 1h",
        "over: 2.1 % of correct answers are flagged <IDK> (at least 0.4 %, limit 5.0 %), of 310 in 1h", 3_000);
  }

  private void alert(String id, AlertState state, String metric, String message, long secondsAgo) {
    to.send(Topics.ALERTS, id, Alert.newBuilder()
        .setAlertId(id).setState(state).setTenant("*").setDomain("*").setModelVersion("base")
        .setMetric(metric).setLimit(0.05).setMessage(message).setAt(now.minusSeconds(secondsAgo)).build());
  }

  private void put(CalibrationSnapshot snapshot) {
    to.send(Topics.CALIBRATION, Keys.sliceAndWindow(snapshot), snapshot);
  }

  private static CalibrationSnapshot snapshot(String model, String window, Double ece, Instant at) {
    CalibrationSnapshot s = Records.snapshot(model, window, ece, at);
    String reason = ece == null ? "uncalibrated: 18 of 100 labels needed" : null;
    s.setMetrics(
        List.of(
            metric("ece:bins=10:edges=right:grader=lenient", ece, 0.024, 0.041, 120, reason),
            metric("a_fpr:grader=lenient", 0.031, 0.02, 0.042, 97, null),
            metric("brier:grader=lenient", ece == null ? null : 0.176, 0.02, 0.02, 120, reason),
            metric("auroc:grader=lenient", ece == null ? null : 0.842, 0.05, 0.04, 120, reason),
            metric("auroc_p_idk:grader=lenient", 0.781, 0.06, 0.05, 120, null),
            metric("coverage", 0.872, 0.05, 0.04, 156, null),
            metric("accuracy:grader=lenient", 0.622, 0.08, 0.07, 156, null),
            metric("answered_accuracy:grader=lenient", 0.684, 0.08, 0.07, 136, null),
            metric("naupc:grader=lenient", 44.3, 6, 6, 156, null),
            metric("label_delay_seconds:quantile=0.5", 42.0, 8, 8, 156, null),
            metric("label_delay_seconds:quantile=0.99", 7_800.0, 600, 900, 156, null),
            metric("agreement:of=grader:with=person", 0.925, 0.07, 0.04, 40, null),
            metric("agreement:of=judge:with=person", null, 0, 0, 0, "no answer was labelled by a person and by the judge")));
    List<ReliabilityBin> bins = new ArrayList<>();
    long[] counts = {2, 6, 11, 14, 13, 17, 21, 19, 12, 5};
    double[] accuracies = {0, 0.17, 0.18, 0.36, 0.38, 0.53, 0.71, 0.84, 0.92, 1};
    for (int i = 0; i < 10; i++) {
      bins.add(
          ReliabilityBin.newBuilder()
              .setLower(i / 10.0)
              .setUpper((i + 1) / 10.0)
              .setN(ece == null ? 0 : counts[i])
              .setCorrect(ece == null ? 0 : Math.round(counts[i] * accuracies[i]))
              .setMeanConfidence(ece == null ? null : i / 10.0 + 0.055)
              .build());
    }
    s.setBins(bins);
    s.setCounts(Map.of("labelled", ece == null ? 18L : 156L, "answers", ece == null ? 22L : 160L));
    s.setLabelCoverage(0.975);
    s.setCalibratorVersion(ece == null ? null : "platt-base-120");
    return s;
  }

  private static MetricValue metric(String name, Double value, double below, double above, long n, String reason) {
    MetricValue metric = Records.metric(name, value, reason);
    metric.setN(n);
    if (value != null) {
      metric.setLow(value - below);
      metric.setHigh(value + above);
    }
    return metric;
  }

  private void training() {
    String night = "night-2026-11-22";
    step(night, 1, "dataset", StepState.DONE, 160, 160, "items", "160 items, digest 4f2a91c07d", -260, Map.of());
    step(night, 2, "knowledge", StepState.RUNNING, 10, 160, "items", "", -255, Map.of());
    step(night, 2, "knowledge", StepState.DONE, 160, 160, "items", "5 samples each; 41 % known, 38 % unknown", -121,
        Map.of("tokens_per_second", 412.0, "known_share", 0.41));
    step(night, 3, "weights", StepState.DONE, 160, 160, "items", "98 answers, 62 answers with <IDK>", -119,
        Map.of("mean_weight", 0.93));
    step(night, 4, "finetune", StepState.STARTED, 0, 60, "steps", "", -118, Map.of());
    step(night, 4, "finetune", StepState.RUNNING, 37, 60, "steps", "Epoch 2 of 3", -2,
        Map.of("loss", 1.274, "tokens_per_second", 131.0));
  }

  private void step(
      String night, int number, String name, StepState state, long done, long total, String unit, String message,
      long seconds, Map<String, Double> figures) {
    TrainingProgress progress = Records.progress(night, number, name, state, done, total);
    progress.setSteps(8);
    progress.setUnit(unit);
    progress.setMessage(message);
    progress.setFigures(figures);
    progress.setRemainingSeconds(state == StepState.RUNNING ? 74.0 : null);
    progress.setAt(now.plusSeconds(seconds));
    to.send(Topics.TRAINING_PROGRESS, night, progress);
  }

  private void releases() {
    ModelRelease base = Records.release("base", ReleaseState.CHAMPION, null);
    base.setReleasedAt(now.minusSeconds(1200));
    base.setApprover("start-up");
    to.send(Topics.MODELS, "champion", base);
    ModelRelease refused =
        Records.release(
            "night-1",
            ReleaseState.REFUSED,
            "A-FPR 0.091 is above 0.05; nAUPC over its ceiling +0.021 [-0.013, 0.055]");
    GateReport gate = refused.getGateReport();
    gate.setPaired(List.of(metric("naupc_over_ceiling", 0.021, 0.034, 0.034, 150, null)));
    refused.setRecipe(Map.of("recipe", "kwt", "rank", "8", "learning_rate", "2e-4"));
    refused.setAdapterDigest("9c1185a5c5e9fc54612808977ee8f548b2258d31");
    refused.setReleasedAt(now.minusSeconds(400));
    to.send(Topics.MODELS, "champion", refused);
  }

  private void accounting() {
    Map<String, Long> labels =
        Map.of(
            "joined", 156L, "superseded", 0L, "retracted", 0L, "retraction", 0L, "duplicate", 3L, "waiting", 0L,
            "orphan", 1L, "late", 0L);
    to.send(
        Topics.ACCOUNTING,
        Keys.accounting("0"),
        Accounting.newBuilder()
            .setPartition("0")
            .setLabels(labels)
            .setLabelsRead(160)
            .setAnswers(Map.of("labelled", 156L, "waiting", 4L, "expired", 0L, "error", 0L))
            .setAnswersRead(160)
            .setClosed(true)
            .setEmittedAt(now)
            .build());
  }

  private void deadLetter() {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(Topics.DEAD_LETTERS.name(), "x".getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers =
        Map.of(
            DeadLetters.STAGE, "inference",
            DeadLetters.CAUSE, "wrong-partition",
            DeadLetters.TOPIC, "qa.questions.v1",
            DeadLetters.PARTITION, "1",
            DeadLetters.OFFSET, "42",
            DeadLetters.MESSAGE, "set partitioner=murmur2_random on librdkafka clients");
    headers.forEach((name, value) -> letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    to.send(letter);
  }
}
