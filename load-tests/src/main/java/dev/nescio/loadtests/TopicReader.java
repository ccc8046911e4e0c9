package dev.nescio.loadtests;

import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what is committed on a topic.
 *
 * @param target the system
 */
record TopicReader(Target target) {

  private static final Duration POLL = Duration.ofMillis(100);

  /** Everything that is committed now, in the order of each partition. */
  <V extends SpecificRecord> List<V> all(Topic<V> topic) {
    return read(topic, Map.of()).stream().map(ConsumerRecord::value).toList();
  }

  /** What was committed from these offsets on; partitions that are not named are read from their start. */
  <V extends SpecificRecord> List<V> since(Topic<V> topic, Map<TopicPartition, Long> offsets) {
    return read(topic, offsets).stream().map(ConsumerRecord::value).toList();
  }

  /** The last value of each key. */
  <V extends SpecificRecord> Map<String, V> latest(Topic<V> topic) {
    Map<String, V> latest = new LinkedHashMap<>();
    read(topic, Map.of()).forEach(record -> latest.put(record.key(), record.value()));
    return latest;
  }

  /** Where topics end now. */
  Map<TopicPartition, Long> ends(Collection<String> topics) {
    try (var consumer =
        new KafkaConsumer<>(target.clients().reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      topics.forEach(topic -> partitions.addAll(partitions(consumer, topic)));
      return Map.copyOf(consumer.endOffsets(partitions));
    }
  }

  private <V extends SpecificRecord> List<ConsumerRecord<String, V>> read(
      Topic<V> topic, Map<TopicPartition, Long> offsets) {
    List<ConsumerRecord<String, V>> found = new ArrayList<>();
    try (var serde = AvroSerdes.of(topic, target.registry());
        var consumer = new KafkaConsumer<>(target.clients().reader(), new StringDeserializer(), serde.deserializer())) {
      List<TopicPartition> partitions = partitions(consumer, topic.name());
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      offsets.forEach((partition, offset) -> {
        if (partitions.contains(partition)) consumer.seek(partition, offset);
      });
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        consumer.poll(POLL).forEach(found::add);
      }
    }
    return found;
  }

  private static List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
    return consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
  }
}
