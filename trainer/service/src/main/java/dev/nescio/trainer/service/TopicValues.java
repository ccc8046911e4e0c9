package dev.nescio.trainer.service;

import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serde;

/** Values of topics to bytes and back, with one serde a topic. Thread-safe. */
final class TopicValues implements AutoCloseable {

  private final Map<String, ?> registry;
  private final Map<Topic<?>, Serde<?>> serdes = new ConcurrentHashMap<>();

  /** @param registry Confluent's keys, {@code schema.registry.url} among them */
  TopicValues(Map<String, ?> registry) {
    this.registry = Map.copyOf(registry);
  }

  /** Null for a record without a value. */
  <V extends SpecificRecord> V decode(Topic<V> topic, byte[] value) {
    return serde(topic).deserializer().deserialize(topic.name(), value);
  }

  <V extends SpecificRecord> ProducerRecord<byte[], byte[]> record(Topic<V> topic, String key, V value) {
    return new ProducerRecord<>(
        topic.name(), key.getBytes(StandardCharsets.UTF_8),
        serde(topic).serializer().serialize(topic.name(), value));
  }

  @Override
  public void close() {
    serdes.values().forEach(Serde::close);
  }

  @SuppressWarnings("unchecked")
  private <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
    return (Serde<V>) serdes.computeIfAbsent(topic, t -> AvroSerdes.of(t, registry));
  }
}
