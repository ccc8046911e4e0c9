package dev.nescio.standalone;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;

/**
 * What a person following the demo sees of the topics: committed records, read from the beginning by a thread of its
 * own. Nothing in the terminal or in the report comes from anywhere else.
 */
final class LiveView implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final List<Topic<?>> TOPICS =
      List.of(
          Topics.ANSWERS, Topics.LABELS, Topics.ACCOUNTING, Topics.CALIBRATION, Topics.CALIBRATORS,
          Topics.TRAINING_PROGRESS, Topics.MODELS);

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, Label> labels = new ConcurrentHashMap<>();
  private final Map<String, Accounting> accounting = new ConcurrentHashMap<>();
  private final Map<String, CalibrationSnapshot> snapshots = new ConcurrentHashMap<>();
  private final List<Calibrator> calibrators = new CopyOnWriteArrayList<>();
  private final List<TrainingProgress> progress = new CopyOnWriteArrayList<>();
  private final List<ModelRelease> releases = new CopyOnWriteArrayList<>();
  private final Map<String, Serde<? extends SpecificRecord>> serdes = new HashMap<>();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread = Thread.ofPlatform().name("live-view").daemon().unstarted(this::follow);
  private volatile boolean closing;
  private volatile RuntimeException failure;

  LiveView(Clients clients, Map<String, ?> registry) {
    for (Topic<?> topic : TOPICS) serdes.put(topic.name(), AvroSerdes.of(topic, registry));
    consumer = new KafkaConsumer<>(clients.reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic<?> topic : TOPICS) {
      consumer.partitionsFor(topic.name())
          .forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.start();
  }

  /** Distinct answers by answerId. */
  Map<String, Answer> answers() {
    rethrow();
    return answers;
  }

  /** Latest label by answerId. */
  Map<String, Label> labels() {
    rethrow();
    return labels;
  }

  /** Accounting by partition. */
  Map<String, Accounting> accounting() {
    rethrow();
    return accounting;
  }

  /** Latest snapshot by record key. */
  Map<String, CalibrationSnapshot> snapshots() {
    rethrow();
    return snapshots;
  }

  List<Calibrator> calibrators() {
    rethrow();
    return calibrators;
  }

  List<TrainingProgress> progress() {
    rethrow();
    return progress;
  }

  List<ModelRelease> releases() {
    rethrow();
    return releases;
  }

  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try {
      while (!closing) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) accept(record);
      }
    } catch (WakeupException e) {
      if (!closing) failure = e;
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
      serdes.values().forEach(Serde::close);
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) return;
    String key = new String(record.key(), StandardCharsets.UTF_8);
    switch (serdes.get(record.topic()).deserializer().deserialize(record.topic(), record.value())) {
      case Answer answer -> answers.put(answer.getAnswerId(), answer);
      case Label label -> labels.put(label.getAnswerId(), label);
      case Accounting count -> accounting.put(count.getPartition(), count);
      case CalibrationSnapshot snapshot -> snapshots.put(key, snapshot);
      case Calibrator calibrator -> calibrators.add(calibrator);
      case TrainingProgress step -> progress.add(step);
      case ModelRelease release -> releases.add(release);
      default -> throw new IllegalStateException("a record of an unexpected kind on " + record.topic());
    }
  }

  private void rethrow() {
    if (failure != null) throw new IllegalStateException("the topics can no longer be read", failure);
  }
}
