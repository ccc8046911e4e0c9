package dev.nescio.schemas.registry;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * What serdes and tools need of a schema registry. Thread-safe. Every method throws {@link RegistryException} when the
 * registry refuses and {@link RegistryUnavailableException} when none answers.
 */
public interface RegistryClient extends AutoCloseable {

  /** Registers a schema under a subject, or finds it there. Returns its id. */
  int register(String subject, Schema schema);

  /** The schema with an id. */
  Schema schemaById(int id);

  /** This schema under a subject, when it is registered there. */
  Optional<RegisteredSchema> lookup(String subject, Schema schema);

  /** Newest version of a subject, when there is one. Not cached. */
  Optional<RegisteredSchema> latest(String subject);

  /** All versions of a subject in rising order; empty when there is none. */
  List<Integer> versions(String subject);

  /** All subjects. */
  List<String> subjects();

  /** Reasons why a schema could not be the next version of a subject; empty when it could. */
  List<String> incompatibilities(String subject, Schema schema);

  @Override
  void close();
}
