package dev.nescio.schemas.serde;

import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads Confluent's wire format into generated classes, from whatever compatible version it was written in. Throws
 * {@link UndecodableRecordException} for bytes that will never decode and {@link RegistryUnavailableException} for a
 * registry that does not answer. Null stays null.
 */
public final class ConfluentAvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {

  /** Longest record that is looked at, in bytes. */
  public static final String MAX_RECORD_BYTES = "nescio.max.record.bytes";
  /** Deepest nesting that is followed. */
  public static final int MAX_DEPTH = 32;

  private static final int DEFAULT_MAX_RECORD_BYTES = 1 << 20;

  private record Version(Schema writer, SpecificDatumReader<Object> reader) {}

  private final Map<Integer, Version> versions = new ConcurrentHashMap<>();
  private final Class<T> type;
  private RegistryClient registry;
  private boolean ownsRegistry;
  private int maxRecordBytes = DEFAULT_MAX_RECORD_BYTES;

  /** For Kafka, which calls {@link #configure} next; the class is found by the writer's full name. */
  public ConfluentAvroDeserializer() {
    this.type = null;
  }

  /** Of one class, over a client that the caller closes. */
  public ConfluentAvroDeserializer(Class<T> type, RegistryClient registry) {
    this.type = type;
    this.registry = registry;
  }

  /** Of one class; {@link #configure} makes the client. */
  public ConfluentAvroDeserializer(Class<T> type) {
    this.type = type;
  }

  @Override
  public void configure(Map<String, ?> config, boolean isKey) {
    Object limit = config.get(MAX_RECORD_BYTES);
    if (limit != null) {
      maxRecordBytes = Integer.parseInt(limit.toString());
    }
    if (registry == null) {
      registry = new HttpRegistryClient(RegistryConfig.from(config));
      ownsRegistry = true;
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public T deserialize(String topic, byte[] data) {
    if (data == null) {
      return null;
    }
    if (data.length > maxRecordBytes) {
      throw new UndecodableRecordException(topic, data.length + " bytes, more than " + maxRecordBytes, null);
    }
    if (data.length < ConfluentAvroSerializer.HEADER_BYTES || data[0] != ConfluentAvroSerializer.MAGIC) {
      throw new UndecodableRecordException(topic, "no Confluent header (0x00 and a 4-byte schema id) in "
          + data.length + " bytes", null);
    }
    int id = ByteBuffer.wrap(data).getInt(1);
    Version version = version(topic, id);
    try {
      WireBounds.check(version.writer(), data, ConfluentAvroSerializer.HEADER_BYTES, MAX_DEPTH);
      return (T) version.reader().read(null, DecoderFactory.get().binaryDecoder(
          data, ConfluentAvroSerializer.HEADER_BYTES, data.length - ConfluentAvroSerializer.HEADER_BYTES, null));
    } catch (IOException | RuntimeException e) {
      throw new UndecodableRecordException(topic, "schema id " + id + " (" + version.writer().getFullName() + "): "
          + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (ownsRegistry) {
      registry.close();
    }
  }

  private Version version(String topic, int id) {
    Version known = versions.get(id);
    if (known != null) {
      return known;
    }
    try {
      Schema writer = registry.schemaById(id);
      Class<?> target = type != null ? type : SpecificData.get().getClass(writer);
      if (target == null || target == Object.class) {
        throw new UndecodableRecordException(topic, "no class here is named " + writer.getFullName(), null);
      }
      Schema reader = SpecificData.get().getSchema(target);
      Version version =
          new Version(writer, new SpecificDatumReader<>(writer, reader, SpecificData.getForClass(target)));
      versions.put(id, version);
      return version;
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (RegistryException e) {
      throw new UndecodableRecordException(topic, "schema id " + id + ": " + e.getMessage(), e);
    }
  }
}
