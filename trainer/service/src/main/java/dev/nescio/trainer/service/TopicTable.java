package dev.nescio.trainer.service;

import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A topic read to its end as of now. */
final class TopicTable {

  private static final Duration POLL = Duration.ofMillis(200);

  private TopicTable() {}

  /**
   * Folds to the latest value of each key; a null value removes its key.
   *
   * @return values by key, in order of the keys
   */
  static <V extends SpecificRecord> Map<String, V> latest(
      Clients clients, Topic<V> topic, Deserializer<V> deserializer) {
    Map<String, V> table = new TreeMap<>();
    forEach(
        clients, topic, deserializer,
        (key, value) -> {
          if (value == null) {
            table.remove(key);
          } else {
            table.put(key, value);
          }
        });
    return table;
  }

  /** Hands over every committed record, in order within a partition; values may be null. */
  static <V extends SpecificRecord> void forEach(
      Clients clients, Topic<V> topic, Deserializer<V> deserializer, BiConsumer<String, V> reader) {
    try (var consumer = new KafkaConsumer<>(clients.reader(), new StringDeserializer(), deserializer)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(topic.name(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, V> record : consumer.poll(POLL)) reader.accept(record.key(), record.value());
      }
    }
  }
}
