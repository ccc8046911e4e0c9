package dev.nescio.evaluation;

import dev.nescio.schemas.registry.RegisteredSchema;
import dev.nescio.schemas.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** A registry without a network: ids are positions in a list. */
final class InMemoryRegistry implements RegistryClient {

  private record Entry(String subject, Schema schema) {}

  private final List<Entry> entries = new ArrayList<>();

  @Override
  public synchronized int register(String subject, Schema schema) {
    Entry entry = new Entry(subject, schema);
    if (!entries.contains(entry)) entries.add(entry);
    return entries.indexOf(entry) + 1;
  }

  @Override
  public synchronized Schema schemaById(int id) {
    if (id < 1 || id > entries.size()) {
      throw new dev.nescio.schemas.registry.RegistryException(40403, "Schema " + id + " not found", null);
    }
    return entries.get(id - 1).schema();
  }

  @Override
  public Optional<RegisteredSchema> lookup(String subject, Schema schema) {
    int at = entries.indexOf(new Entry(subject, schema));
    return at < 0 ? Optional.empty() : Optional.of(new RegisteredSchema(subject, 1, at + 1, schema));
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    return entries.stream().filter(entry -> entry.subject().equals(subject)).reduce((first, second) -> second)
        .map(entry -> new RegisteredSchema(subject, 1, entries.indexOf(entry) + 1, entry.schema()));
  }

  @Override
  public List<Integer> versions(String subject) {
    return latest(subject).map(RegisteredSchema::version).stream().toList();
  }

  @Override
  public List<String> subjects() {
    return entries.stream().map(Entry::subject).distinct().toList();
  }

  @Override
  public List<String> incompatibilities(String subject, Schema schema) {
    return List.of();
  }

  @Override
  public void close() {}
}
