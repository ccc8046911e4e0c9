package dev.nescio.trainer.service;

import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A topic read to its end as of now, folded to the latest value of each key. */
final class TopicTable {

  private static final Duration POLL = Duration.ofMillis(200);

  private TopicTable() {}

  /**
   * Committed records only; a null value removes its key.
   *
   * @return values by key, in order of the keys
   */
  static <V extends SpecificRecord> Map<String, V> read(
      Clients clients, Topic<V> topic, Deserializer<V> deserializer) {
    Map<String, V> table = new TreeMap<>();
    try (var consumer = new KafkaConsumer<>(clients.reader(), new StringDeserializer(), deserializer)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic.name()).stream()
              .map(info -> new TopicPartition(topic.name(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<String, V> record : consumer.poll(POLL)) {
          if (record.value() == null) {
            table.remove(record.key());
          } else {
            table.put(record.key(), record.value());
          }
        }
      }
    }
    return table;
  }
}
