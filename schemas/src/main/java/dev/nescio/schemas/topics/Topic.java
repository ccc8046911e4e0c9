package dev.nescio.schemas.topics;

import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * A topic with the type of its values. Keys are UTF-8 strings everywhere.
 *
 * @param spec name, cleanup and partitioning
 * @param type class of the values
 */
public record Topic<V extends SpecificRecord>(TopicSpec spec, Class<V> type) {

  /** Both are needed. */
  public Topic {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(type, "type");
  }

  /** Name of the topic on the broker. */
  public String name() {
    return spec.name();
  }

  /** Subject of the value schema in the registry. */
  public String subject() {
    return spec.name() + "-value";
  }

  /** The schema that this build writes and reads. */
  public Schema schema() {
    return SpecificData.get().getSchema(type);
  }

  @Override
  public String toString() {
    return spec.name();
  }
}
