package dev.nescio.dashboard;

import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicSpec;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A topic that a section reads.
 *
 * @param topic   name of the topic
 * @param decoder makes the deserializer of its values over a registry client
 * @param from    where to begin on a fresh start
 * @param fold    what to do with each record, in the order of its partition
 */
public record Feed<V>(
    String topic, Function<RegistryClient, Deserializer<V>> decoder, From from, Consumer<Received<V>> fold) {

  /** Where reading begins. */
  public enum From {
    /** At the first record: compacted topics and those that are folded whole. */
    BEGINNING,
    /** At the configured time span before the start: topics that only grow. */
    TAIL
  }

  /** Every part is needed. */
  public Feed {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(decoder, "decoder");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(fold, "fold");
  }

  /** A topic with Avro values. */
  static <V extends SpecificRecord> Feed<V> of(Topic<V> topic, From from, Consumer<Received<V>> fold) {
    return new Feed<>(topic.name(), registry -> AvroSerdes.of(topic, registry).deserializer(), from, fold);
  }

  /** A topic whose values are left as bytes. */
  static Feed<byte[]> raw(TopicSpec topic, From from, Consumer<Received<byte[]>> fold) {
    return new Feed<>(topic.name(), registry -> new ByteArrayDeserializer(), from, fold);
  }
}
