package dev.nescio.judge;

import dev.nescio.schemas.Question;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accepted answers and the wording of the items whose answers this instance reads, from the same partitions, read
 * from their beginning. In memory; one thread uses it.
 */
final class ItemView implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ItemView.class);

  /**
   * An item.
   *
   * @param reference null while it has not come
   * @param text      the question; null while it has not come
   * @param context   text that the answer is based on; null without
   */
  record Item(Reference reference, String text, String context) {

    static final Item UNKNOWN = new Item(null, null, null);

    /** True when an answer to it can be judged now. */
    boolean known() {
      return reference != null && wording().isPresent();
    }

    Optional<String> wording() {
      return Optional.ofNullable(text).or(() -> Optional.ofNullable(reference == null ? null : reference.getText()));
    }
  }

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deserializer<Reference> references;
  private final Deserializer<Question> questions;
  private final Map<Integer, Map<String, Item>> items = new HashMap<>();
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  ItemView(Clients clients, Map<String, ?> registry) {
    this.consumer = new KafkaConsumer<>(clients.reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.references = AvroSerdes.of(Topics.REFERENCES, registry).deserializer();
    this.questions = AvroSerdes.of(Topics.QUESTIONS, registry).deserializer();
  }

  /** Follows exactly these partitions from now on; new ones from their beginning. */
  void follow(Set<Integer> partitions) {
    List<TopicPartition> all = new ArrayList<>();
    List<TopicPartition> fresh = new ArrayList<>();
    for (int partition : partitions) {
      for (String topic : List.of(Topics.REFERENCES.name(), Topics.QUESTIONS.name())) {
        all.add(new TopicPartition(topic, partition));
        if (!items.containsKey(partition)) fresh.add(new TopicPartition(topic, partition));
      }
      items.computeIfAbsent(partition, ignored -> new HashMap<>());
    }
    items.keySet().retainAll(partitions);
    consumer.assign(all);
    consumer.seekToBeginning(fresh);
    ends.keySet().retainAll(all);
    ends.putAll(consumer.endOffsets(fresh));
  }

  /** Reads what has come. */
  void poll(Duration patience) {
    if (consumer.assignment().isEmpty()) return;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
      try {
        fold(record);
      } catch (UndecodableRecordException e) {
        // Evaluation reads the same topics and sets the record aside; here it only leaves its item unknown.
        LOG.warn("{}-{} at {} cannot be read: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
      }
    }
    ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** True when everything that stood on the topics when they were assigned is here. */
  boolean caughtUp() {
    return ends.isEmpty();
  }

  Item item(int partition, String questionId) {
    return items.getOrDefault(partition, Map.of()).getOrDefault(questionId, Item.UNKNOWN);
  }

  private void fold(ConsumerRecord<byte[], byte[]> record) {
    Map<String, Item> here = items.get(record.partition());
    if (here == null || record.key() == null) return;
    String key = new String(record.key(), StandardCharsets.UTF_8);
    Item known = here.getOrDefault(key, Item.UNKNOWN);
    if (record.topic().equals(Topics.REFERENCES.name())) {
      Reference reference =
          record.value() == null ? null : references.deserialize(record.topic(), record.value());
      here.put(key, new Item(reference, known.text(), known.context()));
    } else if (record.value() != null) {
      Question question = questions.deserialize(record.topic(), record.value());
      here.put(key, new Item(known.reference(), question.getText(), question.getContext()));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
