package dev.nescio.loadtests.kill;

import dev.nescio.evaluation.KeptAnswer;
import dev.nescio.loadtests.Target;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;

/**
 * Reads what is committed on the topics and on the changelog of evaluation, from the beginning and then on at each
 * {@link #refresh}.
 */
final class Mirror implements AutoCloseable {

  private static final List<Topic<?>> TOPICS = List.of(Topics.ANSWERS, Topics.EVIDENCE, Topics.LABELS, Topics.EXAMPLES,
      Topics.ACCOUNTING, Topics.CALIBRATION, Topics.LATE_LABELS);
  private static final String ITEMS = EvaluationMain.APPLICATION + "-" + KeptAnswer.ITEMS + "-changelog";
  private static final String WORDS = EvaluationMain.APPLICATION + "-" + KeptAnswer.WORDS + "-changelog";
  private static final Duration POLL = Duration.ofMillis(100);

  private final Seen seen = new Seen();
  private final Map<String, Serde<?>> serdes = new HashMap<>();
  private final Deserializer<Label> labels;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  Mirror(Target target) {
    consumer = new KafkaConsumer<>(target.clients().reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    labels = AvroSerdes.of(Topics.LABELS, target.registry()).deserializer();
    for (Topic<?> topic : TOPICS) serdes.put(topic.name(), AvroSerdes.of(topic, target.registry()));
    partitions = Stream.concat(serdes.keySet().stream(), Stream.of(Topics.DEAD_LETTERS.name(), ITEMS, WORDS))
        .flatMap(name -> consumer.partitionsFor(name).stream())
        .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads everything that is committed now, and returns all that was read; the same object each time. */
  Seen refresh() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) take(record);
    }
    return seen;
  }

  /** Reads on and compares everything with what was sent and with the batch computation. */
  Comparison.Result compare(Ledger ledger) {
    refresh();
    return Comparison.of(ledger, seen, seen.kept(), labels);
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(Topics.DEAD_LETTERS.name())) {
      seen.deadLetters.merge(List.of(header(record, DeadLetters.TOPIC), header(record, DeadLetters.PARTITION),
          header(record, DeadLetters.OFFSET)), 1L, Long::sum);
      return;
    }
    if (record.topic().equals(ITEMS)) {
      if (record.value() == null) seen.items.remove(key(record));
      else seen.items.put(key(record), new Seen.StoredItem(record.partition(), record.value()));
      return;
    }
    if (record.topic().equals(WORDS)) {
      seen.words.computeIfAbsent(record.partition(), partition -> new TreeMap<>())
          .put(ByteBuffer.wrap(record.key()).getInt(), new String(record.value(), StandardCharsets.UTF_8));
      return;
    }
    Optional<SpecificRecord> value = value(record);
    if (value.isEmpty()) {
      seen.unreadableLabels++;
      return;
    }
    seen.take(key(record), record.offset(), value.get());
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
    labels.close();
  }
}
