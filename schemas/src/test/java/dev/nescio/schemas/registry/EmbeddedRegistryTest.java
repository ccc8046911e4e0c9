package dev.nescio.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The REST interface byte by byte, as Confluent's documentation has it. */
class EmbeddedRegistryTest {

  private static final Schema V1 = SchemaBuilder.record("Item").namespace("n").doc("An item.").fields()
      .requiredString("text").endRecord();
  private static final Schema V2 = SchemaBuilder.record("Item").namespace("n").doc("An item.").fields()
      .requiredString("text").name("size").type().intType().intDefault(0).endRecord();
  /** A required field more: cannot read what V1 wrote. */
  private static final Schema BREAKING = SchemaBuilder.record("Item").namespace("n").fields()
      .requiredString("text").requiredInt("size").endRecord();

  @TempDir
  private Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private EmbeddedRegistry registry;

  @BeforeEach
  void start() {
    registry = EmbeddedRegistry.start(0, directory.resolve("schemas.jsonl"));
  }

  @AfterEach
  void stop() {
    registry.close();
    http.close();
  }

  @Test
  void speaksItsContentType() throws Exception {
    HttpResponse<String> response = call("GET", "/subjects", null);

    assertThat(response.headers().firstValue("Content-Type")).contains("application/vnd.schemaregistry.v1+json");
    assertThat(response.body()).isEqualTo("[]");
    assertThat(ok("GET", "/", null)).isEqualTo("{}");
    assertThat(ok("GET", "/schemas/types", null)).isEqualTo("[\"AVRO\"]");
  }

  @Test
  void registersListsAndReads() throws Exception {
    assertThat(ok("POST", "/subjects/a-value/versions", body(V1))).isEqualTo("{\"id\":1}");
    assertThat(ok("POST", "/subjects/a-value/versions", body(V2))).isEqualTo("{\"id\":2}");
    assertThat(ok("POST", "/subjects/b-value/versions", body(V1))).isEqualTo("{\"id\":1}");

    assertThat(ok("GET", "/subjects", null)).isEqualTo("[\"a-value\",\"b-value\"]");
    assertThat(ok("GET", "/subjects?subjectPrefix=b", null)).isEqualTo("[\"b-value\"]");
    assertThat(ok("GET", "/subjects/a-value/versions", null)).isEqualTo("[1,2]");
    String full = "{\"subject\":\"a-value\",\"version\":2,\"id\":2,\"schema\":" + json(V2.toString()) + "}";
    assertThat(ok("GET", "/subjects/a-value/versions/2", null)).isEqualTo(full);
    assertThat(ok("GET", "/subjects/a-value/versions/latest", null)).isEqualTo(full);
    assertThat(ok("GET", "/subjects/a-value/versions/-1", null)).isEqualTo(full);
    assertThat(ok("POST", "/subjects/a-value", body(V2))).isEqualTo(full);
    assertThat(ok("GET", "/subjects/a-value/versions/2/schema", null)).isEqualTo(V2.toString());
    assertThat(ok("GET", "/subjects/a-value/versions/2/referencedby", null)).isEqualTo("[]");
    assertThat(ok("GET", "/schemas/ids/2", null)).isEqualTo("{\"schema\":" + json(V2.toString()) + "}");
    assertThat(ok("GET", "/schemas/ids/2/schema", null)).isEqualTo(V2.toString());
    assertThat(ok("GET", "/schemas/ids/1/subjects", null)).isEqualTo("[\"a-value\",\"b-value\"]");
    assertThat(new ObjectMapper().readTree(ok("GET", "/schemas/ids/1/versions", null)).toString())
        .contains("\"subject\":\"b-value\"").contains("\"version\":1");
    assertThat(ok("GET", "/schemas?subjectPrefix=b", null)).startsWith("[{\"subject\":\"b-value\",\"version\":1");
  }

  @Test
  void refusesWithConfluentsCodes() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));

    refused(404, 40401, "GET", "/subjects/x/versions", null);
    refused(404, 40402, "GET", "/subjects/a-value/versions/7", null);
    refused(404, 40403, "GET", "/schemas/ids/99", null);
    refused(404, 40401, "POST", "/subjects/x", body(V1));
    refused(404, 40403, "POST", "/subjects/a-value", body(V2));
    refused(404, 40408, "GET", "/config/a-value", null);
    refused(409, 409, "POST", "/subjects/a-value/versions", body(BREAKING));
    refused(422, 42201, "POST", "/subjects/a-value/versions", "{\"schema\":\"{\\\"type\\\":\\\"nothing\\\"}\"}");
    refused(422, 42201, "POST", "/subjects/a-value/versions", "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}");
    refused(422, 42202, "GET", "/subjects/a-value/versions/first", null);
    refused(422, 42203, "PUT", "/config", "{\"compatibility\":\"SOME\"}");
    refused(422, 42204, "PUT", "/mode", "{\"mode\":\"IMPORT\"}");
    refused(422, 422, "POST", "/subjects/a-value/versions", "{}");
    refused(400, 400, "POST", "/subjects/a-value/versions", "no json");
    refused(413, 413, "POST", "/subjects/a-value/versions", "x".repeat((1 << 20) + 1));
    refused(404, 404, "GET", "/nothing", null);
    refused(404, 404, "PUT", "/subjects", "{}");
  }

  @Test
  void namesTheFieldThatBreaks() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));

    assertThat(call("POST", "/subjects/a-value/versions", body(BREAKING)).body())
        .contains("READER_FIELD_MISSING_DEFAULT_VALUE at Item.size");
    String path = "/compatibility/subjects/a-value/versions/latest";
    assertThat(ok("POST", path, body(V2))).isEqualTo("{\"is_compatible\":true}");
    assertThat(ok("POST", path, body(BREAKING))).isEqualTo("{\"is_compatible\":false}");
    assertThat(ok("POST", path + "?verbose=true", body(BREAKING))).contains("Item.size");
    refused(404, 40401, "POST", "/compatibility/subjects/x/versions/latest", body(V2));
    assertThat(ok("POST", "/compatibility/subjects/x/versions", body(V2))).isEqualTo("{\"is_compatible\":true}");
  }

  @Test
  void levelsApplyToASubjectOrEverywhere() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));
    assertThat(ok("GET", "/config", null)).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(ok("PUT", "/config/a-value", "{\"compatibility\":\"NONE\"}")).isEqualTo("{\"compatibility\":\"NONE\"}");
    assertThat(ok("GET", "/config/a-value", null)).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
    assertThat(ok("GET", "/config/x?defaultToGlobal=true", null)).isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");

    assertThat(ok("POST", "/subjects/a-value/versions", body(BREAKING))).isEqualTo("{\"id\":2}");
    assertThat(ok("DELETE", "/config/a-value", null)).isEqualTo("{\"compatibilityLevel\":\"NONE\"}");
    refused(404, 40408, "GET", "/config/a-value", null);
  }

  @Test
  void readOnlyModeTakesNoNewVersion() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));
    assertThat(ok("GET", "/mode", null)).isEqualTo("{\"mode\":\"READWRITE\"}");
    ok("PUT", "/mode/a-value", "{\"mode\":\"READONLY\"}");

    assertThat(ok("POST", "/subjects/a-value/versions", body(V1))).isEqualTo("{\"id\":1}");
    refused(422, 42205, "POST", "/subjects/a-value/versions", body(V2));
    ok("DELETE", "/mode/a-value", null);
    ok("POST", "/subjects/a-value/versions", body(V2));
  }

  @Test
  void deletesSoftlyFirstThenForGood() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));
    ok("POST", "/subjects/a-value/versions", body(V2));

    refused(404, 40407, "DELETE", "/subjects/a-value/versions/2?permanent=true", null);
    assertThat(ok("DELETE", "/subjects/a-value/versions/2", null)).isEqualTo("2");
    assertThat(ok("GET", "/subjects/a-value/versions", null)).isEqualTo("[1]");
    assertThat(ok("GET", "/subjects/a-value/versions?deleted=true", null)).isEqualTo("[1,2]");
    refused(404, 40405, "DELETE", "/subjects/a-value?permanent=true", null);
    assertThat(ok("DELETE", "/subjects/a-value", null)).isEqualTo("[1]");
    assertThat(ok("GET", "/subjects", null)).isEqualTo("[]");
    assertThat(ok("GET", "/subjects?deleted=true", null)).isEqualTo("[\"a-value\"]");
    assertThat(ok("POST", "/subjects/a-value/versions", body(V1))).isEqualTo("{\"id\":1}");
    assertThat(ok("GET", "/subjects/a-value/versions", null)).isEqualTo("[3]");
    ok("DELETE", "/subjects/a-value", null);
    assertThat(ok("DELETE", "/subjects/a-value?permanent=true", null)).isEqualTo("[1,2,3]");
    assertThat(ok("GET", "/subjects?deleted=true", null)).isEqualTo("[]");
    assertThat(ok("GET", "/schemas/ids/1", null)).as("records already written stay readable").contains("Item");
  }

  @Test
  void remembersEverythingOverARestart() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));
    ok("POST", "/subjects/a-value/versions", body(V2));
    ok("DELETE", "/subjects/a-value/versions/1", null);
    ok("PUT", "/config", "{\"compatibility\":\"FULL\"}");
    restart();

    assertThat(ok("GET", "/subjects/a-value/versions", null)).isEqualTo("[2]");
    assertThat(ok("GET", "/schemas/ids/1/schema", null)).isEqualTo(V1.toString());
    assertThat(ok("GET", "/config", null)).isEqualTo("{\"compatibilityLevel\":\"FULL\"}");
    assertThat(ok("POST", "/subjects/b-value/versions", body(V2))).isEqualTo("{\"id\":2}");
  }

  @Test
  void cutsOffWhatACrashLeftHalfWritten() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));
    registry.close();
    Files.writeString(file(), "{\"op\":\"regis", StandardOpenOption.APPEND);
    start();

    assertThat(ok("POST", "/subjects/a-value/versions", body(V2))).isEqualTo("{\"id\":2}");
    restart();
    assertThat(ok("GET", "/subjects/a-value/versions", null)).isEqualTo("[1,2]");
  }

  @Test
  void namesADamagedLine() throws Exception {
    ok("POST", "/subjects/a-value/versions", body(V1));
    registry.close();
    Files.writeString(file(), "rubbish\n", StandardOpenOption.APPEND);

    assertThatThrownBy(this::start).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file() + ":2").hasMessageContaining("move the file away");
  }

  @Test
  void aTakenPortOrFileIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> EmbeddedRegistry.start(taken.getLocalPort(), directory.resolve("other.jsonl")))
          .isInstanceOf(RegistryPortTakenException.class).hasMessageContaining("port " + taken.getLocalPort());
    }
    assertThatThrownBy(() -> EmbeddedRegistry.start(0, file())).hasMessageContaining(file().toString());
  }

  private Path file() {
    return directory.resolve("schemas.jsonl");
  }

  private void restart() {
    registry.close();
    registry = EmbeddedRegistry.start(0, file());
  }

  private static String body(Schema schema) throws IOException {
    return "{\"schema\":" + json(schema.toString()) + "}";
  }

  private static String json(String text) throws IOException {
    return new ObjectMapper().writeValueAsString(text);
  }

  private String ok(String method, String path, String body) throws Exception {
    HttpResponse<String> response = call(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private void refused(int status, int code, String method, String path, String body) throws Exception {
    HttpResponse<String> response = call(method, path, body);
    assertThat(response.statusCode()).as(method + " " + path + " " + response.body()).isEqualTo(status);
    assertThat(new ObjectMapper().readTree(response.body()).path("error_code").asInt()).isEqualTo(code);
  }

  private HttpResponse<String> call(String method, String path, String body) throws Exception {
    HttpRequest.BodyPublisher publisher =
        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
    return http.send(HttpRequest.newBuilder(URI.create(registry.url() + path)).method(method, publisher).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
