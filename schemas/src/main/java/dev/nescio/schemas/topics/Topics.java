package dev.nescio.schemas.topics;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Alert;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.Example;
import dev.nescio.schemas.KnowledgeScore;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LateLabel;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.schemas.topics.TopicSpec.Cleanup;
import dev.nescio.schemas.topics.TopicSpec.Partitions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/** Every topic there is. The key of each is named beside it; composite keys are made by {@link Keys}. */
public final class Topics {

  /** Covers the label horizon (7 days by default) and a replay of the weeks before. */
  private static final Duration REPLAYABLE = Duration.ofDays(30);
  private static final Duration SHORT = Duration.ofDays(7);
  private static final Duration QUARTER = Duration.ofDays(90);

  /** Key questionId. */
  public static final Topic<Question> QUESTIONS =
      delete("qa.questions.v1", REPLAYABLE, Partitions.KEYED_INPUT, Question.class);
  /** Gold answers, never read by inference. Key questionId. */
  public static final Topic<Reference> REFERENCES =
      compact("qa.references.v1", Partitions.KEYED_INPUT, Reference.class);
  /** Key questionId. */
  public static final Topic<Answer> ANSWERS =
      delete("qa.answers.v1", REPLAYABLE, Partitions.KEYED_INPUT, Answer.class);
  /** What scores were computed from, in the transaction of the answer. Key questionId. */
  public static final Topic<Evidence> EVIDENCE =
      delete("qa.evidence.v1", SHORT, Partitions.KEYED_INPUT, Evidence.class);
  /** Key questionId. */
  public static final Topic<Label> LABELS =
      delete("qa.labels.v1", REPLAYABLE, Partitions.KEYED_INPUT, Label.class);
  /** Key questionId. */
  public static final Topic<Example> EXAMPLES =
      delete("qa.examples.v1", QUARTER, Partitions.FREE, Example.class);
  /** Key {@link Keys#sliceAndWindow}. */
  public static final Topic<CalibrationSnapshot> CALIBRATION =
      compact("qa.calibration.v1", Partitions.FREE, CalibrationSnapshot.class);
  /** Closed panes. Key {@link Keys#slice}. */
  public static final Topic<CalibrationSnapshot> CALIBRATION_HISTORY =
      delete("qa.calibration-history.v1", QUARTER, Partitions.FREE, CalibrationSnapshot.class);
  /** Where every label and answer is. Key {@link Keys#accounting}. */
  public static final Topic<Accounting> ACCOUNTING =
      compact("qa.accounting.v1", Partitions.SINGLE, Accounting.class);
  /** Readers fold. Key {@link Keys#policy}. */
  public static final Topic<Policy> POLICIES = keepForEver("qa.policies.v1", Policy.class);
  /** Key {@link Keys#calibrator}. */
  public static final Topic<Calibrator> CALIBRATORS =
      compact("qa.calibrators.v1", Partitions.SINGLE, Calibrator.class);
  /** Its one partition is the trainer's lock. Key requestId. */
  public static final Topic<TrainingRequest> TRAINING_REQUESTS =
      delete("qa.training-requests.v1", QUARTER, Partitions.SINGLE, TrainingRequest.class);
  /** Key requestId. */
  public static final Topic<TrainingProgress> TRAINING_PROGRESS =
      delete("qa.training-progress.v1", REPLAYABLE, Partitions.SINGLE, TrainingProgress.class);
  /** Key questionId. */
  public static final Topic<KnowledgeScore> KNOWLEDGE =
      compact("qa.knowledge.v1", Partitions.FREE, KnowledgeScore.class);
  /** Readers fold. Key channel. */
  public static final Topic<ModelRelease> MODELS = keepForEver("qa.models.v1", ModelRelease.class);
  /** Key alertId. */
  public static final Topic<Alert> ALERTS = delete("qa.alerts.v1", QUARTER, Partitions.SINGLE, Alert.class);
  /** Key questionId. */
  public static final Topic<LateLabel> LATE_LABELS =
      delete("qa.late-labels.v1", QUARTER, Partitions.FREE, LateLabel.class);

  /** Original bytes of what could not be processed, with the headers of {@link DeadLetters}. Key as it was. */
  public static final TopicSpec DEAD_LETTERS =
      new TopicSpec("qa.dlq.v1", Cleanup.DELETE, Optional.of(QUARTER), Partitions.FREE);

  /** Every topic with Avro values. */
  public static final List<Topic<?>> AVRO = List.of(
      QUESTIONS, REFERENCES, ANSWERS, EVIDENCE, LABELS, EXAMPLES, CALIBRATION, CALIBRATION_HISTORY, ACCOUNTING,
      POLICIES, CALIBRATORS, TRAINING_REQUESTS, TRAINING_PROGRESS, KNOWLEDGE, MODELS, ALERTS, LATE_LABELS);

  /** Every topic. */
  public static final List<TopicSpec> ALL =
      Stream.concat(AVRO.stream().map(Topic::spec), Stream.of(DEAD_LETTERS)).toList();

  private Topics() {}

  private static <V extends SpecificRecord> Topic<V> delete(
      String name, Duration retention, Partitions partitions, Class<V> type) {
    return new Topic<>(new TopicSpec(name, Cleanup.DELETE, Optional.of(retention), partitions), type);
  }

  private static <V extends SpecificRecord> Topic<V> keepForEver(String name, Class<V> type) {
    return new Topic<>(new TopicSpec(name, Cleanup.DELETE, Optional.empty(), Partitions.SINGLE), type);
  }

  private static <V extends SpecificRecord> Topic<V> compact(String name, Partitions partitions, Class<V> type) {
    return new Topic<>(new TopicSpec(name, Cleanup.COMPACT, Optional.empty(), partitions), type);
  }
}
