package dev.nescio.schemas.serde;

import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.PortableSchema;
import dev.nescio.schemas.registry.RegisteredSchema;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.registry.RegistryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes Confluent's wire format: {@code 0x00}, four bytes of schema id, Avro binary. Subject
 * {@code <topic>-value} (or {@code -key}). Configuration by Confluent's keys: {@code schema.registry.url},
 * {@code basic.auth.*}, {@code auto.register.schemas} (default true), {@code use.latest.version} (default false: when
 * true, the record is written in the subject's newest version).
 */
public final class ConfluentAvroSerializer<T extends SpecificRecord> implements Serializer<T> {

  /** Registers the schema of a record on its first use. */
  public static final String AUTO_REGISTER = "auto.register.schemas";
  /** Writes in the newest version of the subject. */
  public static final String USE_LATEST = "use.latest.version";

  static final byte MAGIC = 0;
  static final int HEADER_BYTES = 1 + Integer.BYTES;

  private record SubjectSchema(String subject, Schema schema) {}

  /** The writer is kept, since finding a class's model by reflection costs more than writing a record. */
  private record Target(int id, Schema schema, boolean own, DatumWriter<SpecificRecord> writer) {}

  private final Map<SubjectSchema, Target> targets = new ConcurrentHashMap<>();
  private RegistryClient registry;
  private boolean ownsRegistry;
  private boolean autoRegister = true;
  private boolean useLatest;
  private String suffix = "-value";

  /** For Kafka, which calls {@link #configure} next. */
  public ConfluentAvroSerializer() {}

  /** For values, over a client that the caller closes. */
  public ConfluentAvroSerializer(RegistryClient registry) {
    this.registry = registry;
  }

  @Override
  public void configure(Map<String, ?> config, boolean isKey) {
    suffix = isKey ? "-key" : "-value";
    autoRegister = flag(config, AUTO_REGISTER, true);
    useLatest = flag(config, USE_LATEST, false);
    if (registry == null) {
      registry = new HttpRegistryClient(RegistryConfig.from(config));
      ownsRegistry = true;
    }
  }

  @Override
  public byte[] serialize(String topic, T record) {
    if (record == null) {
      return null;
    }
    String subject = topic + suffix;
    Schema schema = record.getSchema();
    Target target = targets.computeIfAbsent(new SubjectSchema(subject, schema), key -> target(subject, record));
    try {
      byte[] body = encode(record, target.writer());
      byte[] written = target.own() ? body : translate(body, schema, target.schema());
      return ByteBuffer.allocate(HEADER_BYTES + written.length).put(MAGIC).putInt(target.id()).put(written).array();
    } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
      throw new SerializationException("Cannot write " + schema.getFullName() + " for " + topic + ": "
          + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    if (ownsRegistry) {
      registry.close();
    }
  }

  private Target target(String subject, SpecificRecord record) {
    Schema schema = record.getSchema();
    DatumWriter<SpecificRecord> writer =
        new SpecificDatumWriter<>(schema, SpecificData.getForClass(record.getClass()));
    if (useLatest) {
      RegisteredSchema latest = registry.latest(subject).orElseThrow(() -> new RegistryException(40401,
          "Subject " + subject + " has no version, and " + USE_LATEST + " is true. Register a schema first", null));
      boolean own = latest.schema().equals(PortableSchema.of(schema));
      return new Target(latest.id(), latest.schema(), own, writer);
    }
    if (autoRegister) {
      return new Target(registry.register(subject, schema), schema, true, writer);
    }
    int id = registry.lookup(subject, schema).map(RegisteredSchema::id).orElseThrow(() -> new RegistryException(40403,
        "This schema of " + schema.getFullName() + " is not registered under " + subject + ", and " + AUTO_REGISTER
            + " is false. Register it, or set " + AUTO_REGISTER + " to true", null));
    return new Target(id, schema, true, writer);
  }

  private static byte[] encode(SpecificRecord record, DatumWriter<SpecificRecord> writer)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    writer.write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static byte[] translate(byte[] body, Schema from, Schema to) throws IOException {
    GenericData plain = new GenericData();
    Object value = new GenericDatumReader<>(from, to, plain)
        .read(null, DecoderFactory.get().binaryDecoder(body, null));
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length);
    new GenericDatumWriter<>(to, plain).write(value, EncoderFactory.get().directBinaryEncoder(out, null));
    return out.toByteArray();
  }

  static boolean flag(Map<String, ?> config, String key, boolean fallback) {
    Object value = config.get(key);
    if (value == null) {
      return fallback;
    }
    return switch (value.toString()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(key + " is true or false, not " + value);
    };
  }
}
