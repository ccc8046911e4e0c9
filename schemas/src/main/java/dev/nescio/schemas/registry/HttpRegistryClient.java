package dev.nescio.schemas.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Client of Confluent's REST interface, which Apicurio ({@code /apis/ccompat/v7}), Karapace and our own embedded
 * registry speak too. Ids and registrations are cached, since they never change; failures are not.
 */
public final class HttpRegistryClient implements RegistryClient {

  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  /** A schema larger than this is refused before it is parsed. */
  private static final int MAX_SCHEMA_CHARS = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistryConfig config;
  private final HttpClient http;
  private final Map<Integer, Schema> byId = new ConcurrentHashMap<>();
  private final Map<SubjectSchema, Integer> ids = new ConcurrentHashMap<>();

  private record SubjectSchema(String subject, Schema schema) {}

  /** Connects on the first call. */
  public HttpRegistryClient(RegistryConfig config) {
    this.config = config;
    this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(config.timeout()).build();
  }

  @Override
  public int register(String subject, Schema schema) {
    return ids.computeIfAbsent(new SubjectSchema(subject, schema), key ->
        call("POST", "/subjects/" + escape(subject) + "/versions", body(schema)).path("id").intValue());
  }

  @Override
  public Schema schemaById(int id) {
    return byId.computeIfAbsent(id, key ->
        parse("id " + id, call("GET", "/schemas/ids/" + id, null).path("schema").asText()));
  }

  @Override
  public Optional<RegisteredSchema> lookup(String subject, Schema schema) {
    return found(() -> registered(call("POST", "/subjects/" + escape(subject), body(schema))));
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    return found(() -> registered(call("GET", "/subjects/" + escape(subject) + "/versions/latest", null)));
  }

  @Override
  public List<Integer> versions(String subject) {
    return found(() -> call("GET", "/subjects/" + escape(subject) + "/versions", null)).map(versions -> {
      List<Integer> list = new ArrayList<>();
      versions.forEach(v -> list.add(v.intValue()));
      return list;
    }).orElse(List.of());
  }

  @Override
  public List<String> subjects() {
    List<String> subjects = new ArrayList<>();
    call("GET", "/subjects", null).forEach(s -> subjects.add(s.asText()));
    return subjects;
  }

  @Override
  public List<String> incompatibilities(String subject, Schema schema) {
    String path = "/compatibility/subjects/" + escape(subject) + "/versions?verbose=true";
    JsonNode answer = found(() -> call("POST", path, body(schema))).orElse(null);
    if (answer == null || answer.path("is_compatible").asBoolean()) {
      return List.of();
    }
    List<String> messages = new ArrayList<>();
    answer.path("messages").forEach(m -> messages.add(m.asText()));
    return messages.isEmpty() ? List.of("incompatible with earlier versions of " + subject) : messages;
  }

  @Override
  public void close() {
    http.close();
  }

  private static <T> Optional<T> found(Supplier<T> call) {
    try {
      return Optional.of(call.get());
    } catch (RegistryException e) {
      if (e.notFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private RegisteredSchema registered(JsonNode node) {
    String subject = node.path("subject").asText();
    return new RegisteredSchema(subject, node.path("version").intValue(), node.path("id").intValue(),
        parse("subject " + subject, node.path("schema").asText()));
  }

  private JsonNode call(String method, String path, String body) {
    IOException last = null;
    Duration pause = FIRST_PAUSE;
    for (int attempt = 0; attempt < config.attempts(); attempt++) {
      if (attempt > 0) {
        LockSupport.parkNanos(pause.toNanos());
        pause = pause.multipliedBy(2);
      }
      URI base = config.urls().get(attempt % config.urls().size());
      try {
        HttpResponse<String> response = http.send(request(base, method, path, body),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() < 500) {
          return answer(method, path, response);
        }
        last = new IOException("HTTP " + response.statusCode() + " from " + method + " " + path);
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RegistryUnavailableException("Interrupted while asking the schema registry", e);
      }
    }
    throw new RegistryUnavailableException("No answer from the schema registry at " + config.printable() + " after "
        + config.attempts() + " attempts (" + last + "). Check that it runs and that " + RegistryConfig.URL
        + " is right", last);
  }

  private HttpRequest request(URI base, String method, String path, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(withoutUser(base) + path))
        .timeout(config.timeout()).header("Accept", CONTENT_TYPE);
    config.userInfo().ifPresent(user -> request.header("Authorization",
        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8))));
    if (body == null) {
      return request.method(method, HttpRequest.BodyPublishers.noBody()).build();
    }
    return request.header("Content-Type", CONTENT_TYPE)
        .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private static String withoutUser(URI base) {
    return base.getUserInfo() == null ? base.toString() : base.toString().replace(base.getRawUserInfo() + "@", "");
  }

  private static JsonNode answer(String method, String path, HttpResponse<String> response) {
    try {
      JsonNode node = JSON.readTree(response.body());
      if (response.statusCode() / 100 == 2) {
        return node;
      }
      throw new RegistryException(node.path("error_code").asInt(response.statusCode()),
          method + " " + path + ": " + node.path("message").asText("HTTP " + response.statusCode()), null);
    } catch (JsonProcessingException e) {
      throw new RegistryException(response.statusCode(), method + " " + path + " answered HTTP "
          + response.statusCode() + " without JSON; is this a schema registry?", e);
    }
  }

  private static Schema parse(String what, String text) {
    if (text.length() > MAX_SCHEMA_CHARS) {
      throw new RegistryException(422, "Schema of " + what + " has " + text.length() + " characters, more than "
          + MAX_SCHEMA_CHARS, null);
    }
    try {
      return new Schema.Parser().parse(text);
    } catch (SchemaParseException e) {
      throw new RegistryException(422, "Schema of " + what + " is not Avro: " + e.getMessage(), e);
    }
  }

  private static String body(Schema schema) {
    return JSON.createObjectNode().put("schemaType", "AVRO").put("schema", PortableSchema.of(schema).toString())
        .toString();
  }

  private static String escape(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
