package dev.nescio.schemas.registry;

import dev.nescio.schemas.registry.RegistryEvent.Mode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * Confluent's REST interface over the store: what each method and path answers, as a value that becomes JSON. A
 * refusal is a {@link RegistryException}.
 */
final class RegistryRoutes {

  private final SchemaStore store;

  RegistryRoutes(SchemaStore store) {
    this.store = store;
  }

  /** The answer to a request. */
  Object answer(RegistryRequest r) {
    List<String> path = r.path();
    return switch (path.isEmpty() ? "" : path.getFirst()) {
      case "" -> Map.of();
      case "subjects" -> subjects(r, path.subList(1, path.size()));
      case "schemas" -> schemas(r, path.subList(1, path.size()));
      case "config" -> config(r, subject(path));
      case "mode" -> mode(r, subject(path));
      case "compatibility" -> compatibility(r, path);
      case "contexts" -> List.of(".");
      case "v1" -> metadata(r);
      default -> throw unknown(r);
    };
  }

  private Object subjects(RegistryRequest r, List<String> path) {
    boolean deleted = r.flag("deleted");
    boolean permanent = r.flag("permanent");
    return switch (r.method() + path.size()) {
      case "GET0" -> store.subjects(deleted).stream().filter(s -> s.startsWith(r.parameter("subjectPrefix"))).toList();
      case "POST1" -> full(store.lookup(path.get(0), r.schema(), deleted));
      case "DELETE1" -> store.deleteSubject(path.get(0), permanent);
      case "GET2" -> store.versions(path.get(0), deleted).stream().map(RegisteredSchema::version).toList();
      case "POST2" -> Map.of("id", store.register(path.get(0), r.schema()).id());
      case "GET3" -> full(store.version(path.get(0), path.get(2), deleted));
      case "DELETE3" -> store.deleteVersion(path.get(0), path.get(2), permanent);
      case "GET4" -> switch (path.get(3)) {
        case "schema" -> store.version(path.get(0), path.get(2), deleted).schema();
        case "referencedby" -> List.of();
        default -> throw unknown(r);
      };
      default -> throw unknown(r);
    };
  }

  private Object schemas(RegistryRequest r, List<String> path) {
    if (!"GET".equals(r.method())) {
      throw unknown(r);
    }
    if (path.isEmpty()) {
      return store.subjects(r.flag("deleted")).stream().filter(s -> s.startsWith(r.parameter("subjectPrefix")))
          .flatMap(s -> store.versions(s, r.flag("deleted")).stream()).map(RegistryRoutes::full).toList();
    }
    if (path.equals(List.of("types"))) {
      return List.of("AVRO");
    }
    if (!"ids".equals(path.getFirst()) || path.size() < 2 || path.size() > 3) {
      throw unknown(r);
    }
    int id = id(path.get(1));
    return switch (path.size() == 2 ? "" : path.get(2)) {
      case "" -> Map.of("schema", store.schema(id).toString());
      case "schema" -> store.schema(id);
      case "versions" -> store.uses(id, r.flag("deleted")).stream()
          .map(v -> Map.of("subject", v.subject(), "version", v.version())).toList();
      case "subjects" -> store.uses(id, r.flag("deleted")).stream().map(RegisteredSchema::subject).distinct().toList();
      default -> throw unknown(r);
    };
  }

  private Object config(RegistryRequest r, String subject) {
    switch (r.method()) {
      case "GET" -> {
        if (!subject.isEmpty() && store.ownLevel(subject).isEmpty() && !r.flag("defaultToGlobal")) {
          throw new RegistryException(40408, "Subject '" + subject
              + "' does not have subject-level compatibility configured", null);
        }
        return Map.of("compatibilityLevel", store.level(subject));
      }
      case "PUT" -> {
        String name = r.text("compatibility");
        CompatibilityLevel level = CompatibilityLevel.of(name).orElseThrow(() -> new RegistryException(42203,
            "Invalid compatibility level \"" + name + "\". Valid values are "
                + List.of(CompatibilityLevel.values()), null));
        store.setLevel(subject, level);
        return Map.of("compatibility", level);
      }
      case "DELETE" -> {
        CompatibilityLevel before = store.level(subject);
        store.setLevel(subject, null);
        return Map.of("compatibilityLevel", before);
      }
      default -> throw unknown(r);
    }
  }

  private Object mode(RegistryRequest r, String subject) {
    switch (r.method()) {
      case "GET" -> {
        if (!subject.isEmpty() && store.ownMode(subject).isEmpty() && !r.flag("defaultToGlobal")) {
          throw new RegistryException(40409, "Subject '" + subject + "' does not have subject-level mode configured",
              null);
        }
        return Map.of("mode", store.mode(subject));
      }
      case "PUT" -> {
        Mode mode = switch (r.text("mode")) {
          case "READWRITE" -> Mode.READWRITE;
          case "READONLY" -> Mode.READONLY;
          case String other -> throw new RegistryException(42204, "Invalid mode \"" + other
              + "\". Valid values here are READWRITE and READONLY", null);
        };
        store.setMode(subject, mode);
        return Map.of("mode", mode);
      }
      case "DELETE" -> {
        Mode before = store.mode(subject);
        store.setMode(subject, null);
        return Map.of("mode", before);
      }
      default -> throw unknown(r);
    }
  }

  private Object compatibility(RegistryRequest r, List<String> path) {
    boolean shaped = path.size() >= 4 && path.size() <= 5 && "subjects".equals(path.get(1))
        && "versions".equals(path.get(3));
    if (!shaped || !"POST".equals(r.method())) {
      throw unknown(r);
    }
    String subject = path.get(2);
    Schema candidate = SchemaStore.parse(r.schema());
    List<String> problems = path.size() == 4 ? store.problems(subject, candidate)
        : store.level(subject).problems(candidate, List.of(store.version(subject, path.get(4), false).schema()));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("is_compatible", problems.isEmpty());
    if (r.flag("verbose")) {
      answer.put("messages", problems);
    }
    return answer;
  }

  private static Object metadata(RegistryRequest r) {
    return switch (String.join("/", r.path())) {
      case "v1/metadata/id" -> Map.of("id", "nescio", "scope",
          Map.of("path", List.of(), "clusters", Map.of("schema-registry-cluster", "embedded")));
      case "v1/metadata/version" -> Map.of("version", "embedded", "commitId", "none");
      default -> throw unknown(r);
    };
  }

  private static Map<String, Object> full(RegisteredSchema s) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("subject", s.subject());
    answer.put("version", s.version());
    answer.put("id", s.id());
    answer.put("schema", s.schema().toString());
    return answer;
  }

  private static String subject(List<String> path) {
    return path.size() < 2 ? SchemaStore.GLOBAL : path.get(1);
  }

  private static int id(String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new RegistryException(404, "Not a schema id: " + text, null);
    }
    return Integer.parseInt(text);
  }

  private static RegistryException unknown(RegistryRequest r) {
    return new RegistryException(404, "HTTP 404 Not Found: " + r.method() + " /" + String.join("/", r.path()), null);
  }
}
