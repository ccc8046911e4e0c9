package dev.nescio.schemas.registry;

import dev.nescio.schemas.registry.RegistryEvent.Deleted;
import dev.nescio.schemas.registry.RegistryEvent.LevelSet;
import dev.nescio.schemas.registry.RegistryEvent.Mode;
import dev.nescio.schemas.registry.RegistryEvent.ModeSet;
import dev.nescio.schemas.registry.RegistryEvent.Registered;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Subjects, versions and ids of the embedded registry, rebuilt from its log at start. Every method is synchronized; a
 * change is in the log before it is seen. Refusals are {@link RegistryException}s with Confluent's codes.
 */
final class SchemaStore implements AutoCloseable {

  /** Subject that stands for "everywhere" in levels and modes. */
  static final String GLOBAL = "";

  private final Map<String, TreeMap<Integer, Entry>> subjects = new TreeMap<>();
  private final Map<Integer, Schema> schemas = new TreeMap<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<String, CompatibilityLevel> levels = new HashMap<>();
  private final Map<String, Mode> modes = new HashMap<>();
  private final RegistryLog log;

  private record Entry(RegisteredSchema schema, boolean deleted) {}

  SchemaStore(Path file) {
    this.log = RegistryLog.open(file, this::apply);
  }

  synchronized RegisteredSchema register(String subject, String text) {
    Schema schema = parse(text);
    Optional<RegisteredSchema> present = find(subject, schema);
    if (present.isPresent()) {
      return present.get();
    }
    if (mode(subject) == Mode.READONLY) {
      throw new RegistryException(42205, "Subject '" + subject + "' is in read-only mode", null);
    }
    List<String> problems = problems(subject, schema);
    if (!problems.isEmpty()) {
      throw new RegistryException(409, "Schema being registered is incompatible with an earlier schema for subject \""
          + subject + "\", details: " + problems + ", compatibility: '" + level(subject) + "'", null);
    }
    TreeMap<Integer, Entry> versions = subjects.getOrDefault(subject, new TreeMap<>());
    int version = versions.isEmpty() ? 1 : versions.lastKey() + 1;
    int id = ids.getOrDefault(schema.toString(), schemas.size() + 1);
    record(new Registered(subject, version, id, schema.toString()));
    return subjects.get(subject).get(version).schema();
  }

  synchronized RegisteredSchema lookup(String subject, String text, boolean deleted) {
    Schema schema = parse(text);
    return versions(subject, deleted).stream().filter(v -> same(v.schema(), schema)).reduce((a, b) -> b)
        .orElseThrow(() -> new RegistryException(40403, "Schema not found", null));
  }

  /** Names in alphabetical order. */
  synchronized List<String> subjects(boolean deleted) {
    return subjects.keySet().stream().filter(s -> !visible(s, deleted).isEmpty()).toList();
  }

  /** Versions of a subject in rising order, at least one. */
  synchronized List<RegisteredSchema> versions(String subject, boolean deleted) {
    List<RegisteredSchema> visible = visible(subject, deleted);
    if (visible.isEmpty()) {
      throw new RegistryException(40401, "Subject '" + subject + "' not found.", null);
    }
    return visible;
  }

  /** A version by number, {@code latest} or -1. */
  synchronized RegisteredSchema version(String subject, String version, boolean deleted) {
    List<RegisteredSchema> visible = versions(subject, deleted);
    if ("latest".equals(version) || "-1".equals(version)) {
      return visible.getLast();
    }
    if (!version.matches("[1-9]\\d{0,8}")) {
      throw new RegistryException(42202, "The specified version '" + version + "' is not a valid version id. "
          + "Allowed values are between [1, 2^31-1] and the string \"latest\"", null);
    }
    int number = Integer.parseInt(version);
    return visible.stream().filter(v -> v.version() == number).findFirst().orElseThrow(() ->
        new RegistryException(40402, "Version " + number + " not found.", null));
  }

  synchronized Schema schema(int id) {
    Schema schema = schemas.get(id);
    if (schema == null) {
      throw new RegistryException(40403, "Schema " + id + " not found", null);
    }
    return schema;
  }

  /** Where an id is in use. */
  synchronized List<RegisteredSchema> uses(int id, boolean deleted) {
    schema(id);
    return subjects.keySet().stream().flatMap(s -> visible(s, deleted).stream()).filter(v -> v.id() == id).toList();
  }

  /** Deletes a subject's versions and returns their numbers; permanently only after a first deletion. */
  synchronized List<Integer> deleteSubject(String subject, boolean permanent) {
    if (permanent && !visible(subject, false).isEmpty()) {
      throw new RegistryException(40405, "Subject '" + subject
          + "' was not deleted first before being permanently deleted", null);
    }
    List<Integer> numbers = versions(subject, permanent).stream().map(RegisteredSchema::version).toList();
    numbers.forEach(version -> record(new Deleted(subject, version, permanent)));
    return numbers;
  }

  /** Deletes one version; permanently only after a first deletion. */
  synchronized int deleteVersion(String subject, String version, boolean permanent) {
    RegisteredSchema found = version(subject, version, permanent);
    if (permanent && !subjects.get(subject).get(found.version()).deleted()) {
      throw new RegistryException(40407, "Subject '" + subject + "' Version " + found.version()
          + " was not deleted first before being permanently deleted", null);
    }
    record(new Deleted(subject, found.version(), permanent));
    return found.version();
  }

  /** Problems of a candidate with the versions that the subject's level names. */
  synchronized List<String> problems(String subject, Schema candidate) {
    return level(subject).problems(candidate, visible(subject, false).stream().map(RegisteredSchema::schema).toList());
  }

  synchronized CompatibilityLevel level(String subject) {
    return levels.getOrDefault(subject, levels.getOrDefault(GLOBAL, CompatibilityLevel.BACKWARD));
  }

  synchronized Optional<CompatibilityLevel> ownLevel(String subject) {
    return Optional.ofNullable(levels.get(subject));
  }

  /** Null removes it. */
  synchronized void setLevel(String subject, CompatibilityLevel level) {
    record(new LevelSet(subject, level));
  }

  synchronized Mode mode(String subject) {
    return modes.getOrDefault(subject, modes.getOrDefault(GLOBAL, Mode.READWRITE));
  }

  synchronized Optional<Mode> ownMode(String subject) {
    return Optional.ofNullable(modes.get(subject));
  }

  /** Null removes it. */
  synchronized void setMode(String subject, Mode mode) {
    record(new ModeSet(subject, mode));
  }

  @Override
  public synchronized void close() {
    log.close();
  }

  /** Parses Avro, or refuses with code 42201. */
  static Schema parse(String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (AvroRuntimeException e) {
      throw new RegistryException(42201, "Invalid schema: " + e.getMessage(), e);
    }
  }

  private Optional<RegisteredSchema> find(String subject, Schema schema) {
    return visible(subject, false).stream().filter(v -> same(v.schema(), schema)).findFirst();
  }

  /** Equal in print: {@link Schema#equals} does not look at documentation. */
  private static boolean same(Schema a, Schema b) {
    return a.toString().equals(b.toString());
  }

  private List<RegisteredSchema> visible(String subject, boolean deleted) {
    return Stream.ofNullable(subjects.get(subject)).flatMap(v -> v.values().stream())
        .filter(e -> deleted || !e.deleted()).map(Entry::schema).toList();
  }

  private void record(RegistryEvent event) {
    log.append(event);
    apply(event);
  }

  private void apply(RegistryEvent event) {
    switch (event) {
      case Registered e -> {
        Schema schema = schemas.computeIfAbsent(e.id(), id -> parse(e.schema()));
        ids.putIfAbsent(schema.toString(), e.id());
        subjects.computeIfAbsent(e.subject(), s -> new TreeMap<>()).put(e.version(),
            new Entry(new RegisteredSchema(e.subject(), e.version(), e.id(), schema), false));
      }
      case Deleted e when e.permanent() -> {
        subjects.get(e.subject()).remove(e.version());
        if (subjects.get(e.subject()).isEmpty()) {
          subjects.remove(e.subject());
        }
      }
      case Deleted e -> subjects.get(e.subject()).computeIfPresent(e.version(), (v, old) ->
          new Entry(old.schema(), true));
      case LevelSet e -> set(levels, e.subject(), e.level());
      case ModeSet e -> set(modes, e.subject(), e.mode());
    }
  }

  private static <V> void set(Map<String, V> map, String key, V value) {
    if (value == null) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
  }
}
