package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.Target;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.Example;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LateLabel;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serde;

/** What a reader of committed records has seen since the system was started, read on at each {@link #refresh}. */
final class Mirror implements AutoCloseable {

  /** A label with its place on its partition, the last tie-break among labels of one source. */
  record Placed(Label label, long offset) {}

  private static final List<Topic<?>> TOPICS = List.of(Topics.ANSWERS, Topics.EVIDENCE, Topics.LABELS, Topics.EXAMPLES,
      Topics.ACCOUNTING, Topics.CALIBRATION, Topics.LATE_LABELS);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Every record, in the order of its partition. */
  final List<Answer> answers = new ArrayList<>();
  final List<Placed> labels = new ArrayList<>();
  /** Label records that cannot be read. */
  long unreadableLabels;
  /** Records by answer. */
  final Map<String, Long> evidence = new HashMap<>();
  /** The last label that an answer was shown together with. */
  final Map<String, String> lastExample = new HashMap<>();
  /** Examples that say the same as the one before about the same answer. */
  final List<String> repeatedExamples = new ArrayList<>();
  /** Records by label. */
  final Map<String, Long> lateLabels = new HashMap<>();
  /** Records by topic, partition and offset of the record that was set aside. */
  final Map<List<String>, Long> deadLetters = new HashMap<>();
  /** The newest of each key. */
  final Map<String, Accounting> accounts = new LinkedHashMap<>();
  final Map<String, CalibrationSnapshot> snapshots = new LinkedHashMap<>();

  private final Map<String, Serde<?>> serdes = new HashMap<>();
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  Mirror(Target target) {
    consumer = new KafkaConsumer<>(target.clients().reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    for (Topic<?> topic : TOPICS) serdes.put(topic.name(), AvroSerdes.of(topic, target.registry()));
    partitions = Stream.concat(serdes.keySet().stream(), Stream.of(Topics.DEAD_LETTERS.name()))
        .flatMap(name -> consumer.partitionsFor(name).stream())
        .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads everything that is committed now. */
  void refresh() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) take(record);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.DEAD_LETTERS.name())) {
      deadLetters.merge(List.of(header(record, DeadLetters.TOPIC), header(record, DeadLetters.PARTITION),
          header(record, DeadLetters.OFFSET)), 1L, Long::sum);
      return;
    }
    Optional<SpecificRecord> value = value(record);
    if (value.isEmpty()) {
      unreadableLabels++;
      return;
    }
    switch (value.get()) {
      case Answer answer -> answers.add(answer);
      case Label label -> labels.add(new Placed(label, record.offset()));
      case Evidence seen -> evidence.merge(seen.getAnswerId(), 1L, Long::sum);
      case Example example -> take(example);
      case LateLabel late -> lateLabels.merge(late.getLabel().getLabelId(), 1L, Long::sum);
      case Accounting accounting -> accounts.put(key(record), accounting);
      case CalibrationSnapshot snapshot -> snapshots.put(key(record), snapshot);
      default -> throw new IllegalStateException("a record of " + record.topic() + " was not expected");
    }
  }

  private void take(Example example) {
    String answerId = example.getAnswer().getAnswerId();
    String labelId = example.getLabel().getLabelId();
    if (labelId.equals(lastExample.put(answerId, labelId))) repeatedExamples.add(answerId);
  }

  /** Empty for a label that nobody can read: the traffic has some. */
  private Optional<SpecificRecord> value(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Optional.of(
          (SpecificRecord) serdes.get(record.topic()).deserializer().deserialize(record.topic(), record.value()));
    } catch (UndecodableRecordException e) {
      if (record.topic().equals(Topics.LABELS.name())) return Optional.empty();
      throw e;
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    consumer.close();
    serdes.values().forEach(Serde::close);
  }
}
