package dev.nescio.standalone;

import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicSpec;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Committed records of every topic, counted by reading them: offsets also count markers of transactions. */
final class TopicCounts {

  private static final Duration POLL = Duration.ofMillis(100);

  private TopicCounts() {}

  static Map<String, Long> count(Clients clients) {
    Map<String, Long> counts = new TreeMap<>();
    try (var consumer =
        new KafkaConsumer<>(clients.reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (TopicSpec topic : Topics.ALL) {
        List<TopicPartition> partitions =
            consumer.partitionsFor(topic.name()).stream()
                .map(info -> new TopicPartition(topic.name(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long records = 0;
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
          records += consumer.poll(POLL).count();
        }
        counts.put(topic.name(), records);
      }
    }
    return counts;
  }
}
