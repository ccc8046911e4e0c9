package dev.nescio.schemas.serde;

import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.topics.Topic;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** Value serdes of topics; the topic's type decides the class. */
public final class AvroSerdes {

  private AvroSerdes() {}

  /**
   * Serde of a topic's values with a registry client of its own.
   *
   * @param config Confluent's keys: {@code schema.registry.url}, {@code basic.auth.*}, {@code auto.register.schemas},
   *     {@code use.latest.version}
   */
  public static <V extends SpecificRecord> Serde<V> of(Topic<V> topic, Map<String, ?> config) {
    ConfluentAvroSerializer<V> serializer = new ConfluentAvroSerializer<>();
    ConfluentAvroDeserializer<V> deserializer = new ConfluentAvroDeserializer<>(topic.type());
    serializer.configure(config, false);
    deserializer.configure(config, false);
    return Serdes.serdeFrom(serializer, deserializer);
  }

  /** Serde of a topic's values over a client that is shared, and closed by the caller. */
  public static <V extends SpecificRecord> Serde<V> of(Topic<V> topic, RegistryClient registry) {
    return Serdes.serdeFrom(
        new ConfluentAvroSerializer<>(registry), new ConfluentAvroDeserializer<>(topic.type(), registry));
  }
}
