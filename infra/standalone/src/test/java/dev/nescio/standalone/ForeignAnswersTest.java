package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.dashboard.DashboardConfig;
import dev.nescio.dashboard.DashboardServer;
import dev.nescio.evaluation.EvaluationApp;
import dev.nescio.evaluation.EvaluationConfig;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team measures a system of its own: files of answers and labels in, figures over HTTP and for Prometheus out. */
class ForeignAnswersTest {

  private static final Path DOCUMENTATION = Path.of("..", "..", "producers", "README.md");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void answersAndLabelsOfTheDocumentationAreMeasured() throws Exception {
    List<String> blocks = blocks(Files.readString(DOCUMENTATION));
    Path answers = Files.writeString(directory.resolve("answers.jsonl"), blocks.get(0));
    Path labels = Files.writeString(directory.resolve("labels.jsonl"), blocks.get(1));
    try (EmbeddedBroker broker = EmbeddedBroker.start(new BrokerConfig(directory.resolve("broker"), 0));
        EmbeddedRegistry registry = EmbeddedRegistry.start(0, directory.resolve("registry.jsonl"))) {
      String servers = broker.bootstrapServers();
      try (Admin admin = Admin.create(Clients.at(servers).admin())) {
        TopicPlan.apply(admin, 2, (short) 1);
      }
      String[] where = {"--bootstrap-servers", servers, "--registry", registry.url()};
      try (EvaluationApp app =
              EvaluationApp.start(EvaluationConfig.of(servers, registry.url(), directory.resolve("state")));
          DashboardServer dashboard = DashboardServer.start(new DashboardConfig(0, servers, registry.url()))) {
        assertThat(app.health().failure()).isEmpty();
        // Labels may come first, and a file may be sent twice.
        for (Object[] what : List.of(new Object[] {"labels", labels}, new Object[] {"answers", answers},
            new Object[] {"labels", labels}, new Object[] {"answers", answers})) {
          Ran produced = produce(what, where);
          assertThat(produced.code()).as(produced.err()).isZero();
          assertThat(produced.out()).startsWith("3 records to qa.");
        }
        JsonNode window = await().atMost(PATIENCE).until(() -> allTime(dashboard), found -> found != null
            && found.path("slice").path("counts").path("labelled").asLong() == 3);
        assertThat(window.path("slice").path("counts").path("answers").asLong()).isEqualTo(3);
        // Gaps of .1 and .6 over two answers with a confidence; the third is flagged and wrong.
        assertThat(metric(window, "ece:bins=10:edges=right:").path("value").asDouble()).isEqualTo(0.35);
        assertThat(metric(window, "accuracy:").path("value").asDouble()).isEqualTo(1.0 / 3);
        assertThat(metric(window, "idk_precision:").path("value").asDouble()).isEqualTo(1.0);
        await().atMost(PATIENCE).until(() -> get(dashboard, "prometheus"), text -> text.contains(
            "labels_total{outcome=\"joined\"") && text.contains("calibration_ece{") && text.contains("support-bot-7"));
        JsonNode account = await().atMost(PATIENCE).until(
            () -> StreamSupport.stream(json(dashboard, "api/accounting").spliterator(), false)
                .filter(a -> a.path("partition").asText().equals("*")).findFirst().orElse(null),
            sum -> sum != null && sum.path("labelsRead").asLong() == 6 && sum.path("answersRead").asLong() == 3);
        assertThat(account.path("labels").path("joined").asLong()).isEqualTo(3);
        assertThat(account.path("labels").path("duplicate").asLong()).isEqualTo(3);
        assertThat(account.path("answerDuplicates").asLong()).isEqualTo(3);
        assertThat(account.path("closed").asBoolean()).isTrue();
      }
    }
  }

  private static Ran produce(Object[] what, String[] where) {
    return Ran.nescio(Stream.of(new Object[] {"produce"}, what, where).flatMap(Stream::of).toArray());
  }

  private static JsonNode allTime(DashboardServer dashboard) throws IOException, InterruptedException {
    return json(dashboard, "api/calibration?tenant=*&domain=*&policy=*&window=all&model=support-bot-7").path(0);
  }

  private static JsonNode metric(JsonNode window, String prefix) {
    return StreamSupport.stream(window.path("metrics").spliterator(), false)
        .filter(metric -> metric.path("name").asText().startsWith(prefix)).findFirst().orElseThrow();
  }

  private static JsonNode json(DashboardServer dashboard, String path) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(get(dashboard, path));
  }

  private static String get(DashboardServer dashboard, String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create(dashboard.url() + path)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  /** The JSON blocks in order. */
  private static List<String> blocks(String documentation) {
    return Stream.of(documentation.split("```json\n")).skip(1).map(text -> text.substring(0, text.indexOf("```")))
        .toList();
  }
}
