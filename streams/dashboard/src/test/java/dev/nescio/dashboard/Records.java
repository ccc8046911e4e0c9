package dev.nescio.dashboard;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.ReliabilityBin;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Small valid records to test with. */
final class Records {

  static final Instant T0 = Instant.parse("2026-11-22T12:00:00Z");

  private Records() {}

  static <V> Received<V> received(String key, V value) {
    return new Received<>(key, value, new RecordHeaders(), T0);
  }

  /** Hands a record to the section's feed of a topic. */
  @SuppressWarnings("unchecked")
  static <V> void give(Section section, String topic, Received<V> record) {
    Feed<?> feed = section.feeds().stream().filter(f -> f.topic().equals(topic)).findFirst().orElseThrow();
    ((Feed<V>) feed).fold().accept(record);
  }

  static Question question(String text) {
    return Question.newBuilder().setText(text).setAskId("ask-1").setAskedAt(T0).build();
  }

  static Answer answer(String answerId, Decision decision, String candidate, Instant at) {
    return Answer.newBuilder()
        .setAnswerId(answerId)
        .setAskId("ask-1")
        .setCandidate(candidate)
        .setDecision(decision)
        .setReason(decision == Decision.IDK ? "threshold: p_idk 0.42 > 0.31" : "below threshold: p_idk 0.02 <= 0.31")
        .setConfidence(0.75)
        .setEstimator("length-normalised-probability")
        .setPIdk(0.02)
        .setModelVersion("base")
        .setModelDigest("d1")
        .setPolicyVersion("p1")
        .setAskedAt(at)
        .setAnsweredAt(at)
        .setLatencyMicros(120_000)
        .build();
  }

  static Label label(String answerId, Boolean correct, LabelSource source, long revision, LabelAction action) {
    return Label.newBuilder()
        .setLabelId(answerId + source + revision + action)
        .setAnswerId(answerId)
        .setAction(action)
        .setCorrect(correct)
        .setSource(source)
        .setPrincipal("lenient")
        .setRevision(revision)
        .setLabelledAt(T0.plusSeconds(1))
        .build();
  }

  static MetricValue metric(String name, Double value, String reason) {
    return MetricValue.newBuilder()
        .setName(name)
        .setValue(value)
        .setN(120)
        .setLow(value == null ? null : value - 0.02)
        .setHigh(value == null ? null : value + 0.03)
        .setReason(reason)
        .build();
  }

  static CalibrationSnapshot snapshot(String model, String window, Double ece, Instant at) {
    List<ReliabilityBin> bins = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      bins.add(
          ReliabilityBin.newBuilder()
              .setLower(i / 10.0)
              .setUpper((i + 1) / 10.0)
              .setN(i * 3L)
              .setCorrect(i * 2L)
              .setMeanConfidence(i == 0 ? null : i / 10.0 + 0.05)
              .build());
    }
    return CalibrationSnapshot.newBuilder()
        .setTenant("*")
        .setDomain("*")
        .setModelVersion(model)
        .setPolicyVersion("*")
        .setEstimator("length-normalised-probability")
        .setGrader("lenient")
        .setWindow(window)
        .setEmittedAt(at)
        .setMetrics(
            List.of(
                metric("ece:bins=10:edges=right:grader=lenient", ece, ece == null ? "uncalibrated" : null),
                metric("brier:grader=lenient", ece == null ? null : 0.18, ece == null ? "uncalibrated" : null),
                metric("a_fpr:grader=lenient", 0.03, null),
                metric("coverage", 0.8, null)))
        .setBins(bins)
        .setCounts(Map.of("labelled", 120L, "answers", 130L))
        .setLabelCoverage(0.92)
        .build();
  }

  static TrainingProgress progress(String night, int number, String step, StepState state, long done, long total) {
    return TrainingProgress.newBuilder()
        .setRequestId(night)
        .setStep(step)
        .setStepNumber(number)
        .setSteps(7)
        .setState(state)
        .setDone(done)
        .setTotal(total)
        .setUnit("questions")
        .setRemainingSeconds(42.0)
        .setMessage("scoring what the model knows")
        .setFigures(Map.of("tokens_per_second", 130.0))
        .setAt(T0)
        .build();
  }

  static ModelRelease release(String version, ReleaseState state, String refusal) {
    return ModelRelease.newBuilder()
        .setVersion(version)
        .setChannel("champion")
        .setState(state)
        .setBaseDigest("b")
        .setModelDigest("digest-of-" + Objects.requireNonNull(version))
        .setPromptTemplate("zero-shot")
        .setGateReport(
            refusal == null
                ? null
                : GateReport.newBuilder()
                    .setPromoted(false)
                    .setReason(refusal)
                    .setN(150)
                    .setRule("lower bound above 0")
                    .setChampion("base")
                    .build())
        .setApprover("gate")
        .setReleasedAt(T0)
        .build();
  }
}
