package dev.nescio.dashboard;

import static dev.nescio.dashboard.Records.T0;
import static dev.nescio.dashboard.Records.answer;
import static dev.nescio.dashboard.Records.label;
import static dev.nescio.dashboard.Records.progress;
import static dev.nescio.dashboard.Records.question;
import static dev.nescio.dashboard.Records.release;
import static dev.nescio.dashboard.Records.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topics;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardServerTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  private static RunningDashboard running;

  @BeforeAll
  static void start() {
    running = new RunningDashboard(directory);
    await().atMost(SOON).until(() -> running.server().status().ready());
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static JsonNode json(String path) {
    HttpResponse<String> response = running.get(path);
    assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(200);
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new AssertionError(path + " is not JSON: " + response.body(), e);
    }
  }

  @Test
  void answersQueriesFromTheTopics() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    running.send(Topics.QUESTIONS, "q1", question("What is the capital of Peru?"));
    running.send(Topics.ANSWERS, "q1", answer("q1~1", Decision.ANSWER, "Lima", now));
    running.send(Topics.LABELS, "q1", label("q1~1", true, LabelSource.GRADER, 0, LabelAction.ASSERT));
    running.send(Topics.CALIBRATION, "k1", snapshot("queried", "1h", 0.083, T0));
    running.send(Topics.CALIBRATION, "k2", snapshot("queried", "all", null, T0));
    running.send(Topics.TRAINING_PROGRESS, "n1", progress("n1", 1, "dataset", StepState.RUNNING, 40, 160));
    running.send(Topics.MODELS, "champion", release("base", ReleaseState.CHAMPION, null));

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(json("/api/answers/latest"))
                  .anySatisfy(
                      answer -> {
                        assertThat(answer.at("/question").asText()).isEqualTo("What is the capital of Peru?");
                        assertThat(answer.at("/label/correct").asBoolean()).isTrue();
                      });
              JsonNode slices = json("/api/calibration?model=queried&window=1h");
              assertThat(slices).hasSize(1);
              assertThat(slices.at("/0/slice/figures/ece/value").asDouble()).isEqualTo(0.083);
              assertThat(slices.at("/0/metrics")).hasSize(4);
              assertThat(json("/api/calibration?model=queried")).hasSize(2);
              assertThat(json("/api/calibration?model=nobody")).isEmpty();
              assertThat(json("/api/training").at("/0/stepsSeen/0/step").asText()).isEqualTo("dataset");
              assertThat(json("/api/releases"))
                  .anyMatch(r -> r.at("/version").asText().equals("base") && r.at("/active").asBoolean());
              assertThat(json("/api/state").at("/status//caughtUp").asBoolean()).isTrue();
            });
    assertThat(json("/api/trend?key=" + URLEncoder.encode("k1", StandardCharsets.UTF_8)).at("/points")).hasSize(1);
    assertThat(running.get("/api/trend?key=nothing").statusCode()).isEqualTo(404);
    assertThat(running.get("/api/answers/latest?limit=0").statusCode()).isEqualTo(400);
  }

  @Test
  void exportsTheNamesOfTheConventionAndNothingUndefined() {
    running.send(Topics.CALIBRATION, "p1", snapshot("exported", "1h", 0.0625, T0));
    running.send(Topics.CALIBRATION, "p2", snapshot("exported", "5m", null, T0));
    running.send(Topics.ANSWERS, "q9", answer("q9~1", Decision.IDK, "Quito", Instant.now()));
    running.send(Topics.MODELS, "shadow", shadow());
    String slice =
        "domain=\"*\",estimator=\"length-normalised-probability\",grader=\"lenient\",model_version=\"exported\","
            + "policy_version=\"*\",tenant=\"*\",window=\"1h\"";

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(running.get("/prometheus").body())
                    .contains("calibration_ece{" + slice + "} 0.0625")
                    .contains("calibration_ece_lower{" + slice + "}")
                    .contains("calibration_ece_upper{" + slice + "}")
                    .contains("abstention_a_fpr{" + slice + "} 0.03")
                    .contains("abstention_coverage{")
                    .contains("calibration_samples{" + slice + "} 120")
                    .contains("calibration_bin_count{bin=\"1.00\"," + slice + "} 27")
                    .contains("answers_total{decision=\"idk\",model_version=\"base\"")
                    .contains("model_active_info{channel=\"shadow\",digest=\"digest-of-exported\"")
                    .contains("# TYPE answers_total counter")
                    .contains("dashboard_ready 1")
                    .doesNotContain("NaN"));
    assertThat(running.get("/prometheus").body().lines())
        .noneMatch(l -> l.startsWith("calibration_ece{") && l.contains("exported") && l.contains("5m"));

    running.send(Topics.CALIBRATION, "p1", null);

    await().atMost(SOON).until(() -> !running.get("/prometheus").body().contains("calibration_ece{" + slice));
  }

  private static ModelRelease shadow() {
    ModelRelease release = release("exported", ReleaseState.SHADOW, null);
    release.setChannel("shadow");
    return release;
  }

  @Test
  void streamsTheStateToEveryClientThenChanges() {
    running.send(Topics.CALIBRATION, "s1", snapshot("streamed", "1h", 0.5, T0));
    await().atMost(SOON).until(() -> running.get("/api/state").body().contains("streamed"));
    List<Queue<String>> clients =
        List.of(listen(running.server()), listen(running.server()), listen(running.server()));

    for (Queue<String> lines : clients) {
      await().atMost(SOON).until(() -> lines.contains("event: synchronised"));
      assertThat(lines).anyMatch(l -> l.startsWith("data: {\"key\":\"s1\"") && l.contains("streamed"));
      assertThat(lines).contains("event: slice", "event: status");
    }
    running.send(Topics.CALIBRATION, "s1", snapshot("streamed", "1h", 0.123456, T0.plusSeconds(9)));
    for (Queue<String> lines : clients) {
      await().atMost(SOON).until(() -> lines.stream().anyMatch(l -> l.contains("0.123456")));
    }
  }

  @Test
  void answersQueriesForClosedPanesOfAnySlice() {
    for (int minute = 0; minute < 3; minute++) {
      for (String tenant : List.of("*", "acme")) {
        CalibrationSnapshot pane = snapshot("paned", "pane", minute / 8.0, T0);
        pane.setTenant(tenant);
        pane.setWindowStart(T0.plusSeconds(60L * minute));
        running.send(Topics.CALIBRATION_HISTORY, "pane " + tenant, pane);
      }
    }
    await().atMost(SOON).until(() -> json("/api/history?model=paned&tenant=acme").size() == 3);
    await().atMost(SOON).until(() -> json("/api/history?model=paned").size() == 3);
    JsonNode some = json("/api/history?model=paned&tenant=acme&from=" + T0.plusSeconds(60) + "&to=" + T0.plusSeconds(120));
    assertThat(some).hasSize(1);
    assertThat(some.at("/0/figures/ece/value").asDouble()).isEqualTo(1 / 8.0);
    assertThat(json("/api/history?model=paned&estimator=none")).isEmpty();
    assertThat(running.get("/api/history?from=yesterday").statusCode()).isEqualTo(400);
    assertThat(running.get("/api/history?from=yesterday").body()).contains("like 2026-01-31T12:00:00Z, not yesterday");
  }

  /** Lines of an event stream as they come. */
  private static Queue<String> listen(DashboardServer server) {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    HttpRequest request = HttpRequest.newBuilder(server.url().resolve("/events")).build();
    HttpClient.newHttpClient()
        .sendAsync(request, HttpResponse.BodyHandlers.ofLines())
        .thenAcceptAsync(response -> response.body().forEach(lines::add));
    return lines;
  }

  @Test
  void showsRecordsThatCannotBeReadAndDeadLetters() {
    byte[] broken = {1, 2, 3};
    running.send(new ProducerRecord<>(Topics.ALERTS.name(), "a".getBytes(StandardCharsets.UTF_8), broken));
    ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(Topics.DEAD_LETTERS.name(), broken);
    letter.headers().add(DeadLetters.STAGE, "inference".getBytes(StandardCharsets.UTF_8));
    letter.headers().add(DeadLetters.CAUSE, "oversized".getBytes(StandardCharsets.UTF_8));
    running.send(letter);

    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(json("/api/state").at("/status//undecodable/qa.alerts.v1").asLong()).isEqualTo(1);
              assertThat(running.get("/prometheus").body())
                  .contains("dlq_records_total{error=\"oversized\",stage=\"inference\"} 1");
            });
    assertThat(running.server().status().reading()).isTrue();
  }

  @Test
  void saysThatItIsHealthy() {
    assertThat(json("/health").at("/status").asText()).isEqualTo("UP");
    assertThat(json("/health/readiness").at("/details/topics/status").asText()).isEqualTo("UP");
    assertThat(json("/health/liveness").at("/details/reading/status").asText()).isEqualTo("UP");
  }

  @Test
  void servesThePageWithHeadersThatForbidForeignCode() {
    HttpResponse<String> page = running.get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow()).contains("script-src 'self'");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.body()).contains("<title>nescio").doesNotContain("http://").doesNotContain("https://");
    assertThat(running.get("/env").statusCode()).isEqualTo(404);
    assertThat(running.get("/js/app.js").headers().firstValue("Content-Type").orElseThrow()).contains("javascript");
  }

  @Test
  void namesATakenPortAndTheWayOut() {
    int taken = running.server().port();
    DashboardConfig config = new DashboardConfig(taken, "localhost:1", "http://localhost:1");

    assertThatThrownBy(() -> DashboardServer.start(config))
        .isInstanceOf(PortTakenException.class)
        .hasMessageContaining("port " + taken)
        .hasMessageContaining("--port");
  }

  @Test
  void stopsWithinSecondsThoughClientsAreConnected() {
    DashboardConfig config = new DashboardConfig(0, running.bootstrapServers(), running.registryUrl());
    DashboardServer server = DashboardServer.start(config);
    Queue<String> lines = listen(server);
    await().atMost(SOON).until(() -> lines.contains("event: synchronised"));

    assertThat(CompletableFuture.runAsync(server::close)).succeedsWithin(Duration.ofSeconds(8));
  }

  @Test
  void startsWithoutABrokerAndSaysWhatIsMissing() throws IOException, InterruptedException {
    DashboardConfig config = new DashboardConfig(0, "localhost:1", "http://localhost:1");
    try (DashboardServer lonely = DashboardServer.start(config)) {
      HttpResponse<String> health =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(lonely.url().resolve("/health/readiness")).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).contains("localhost:1");
    }
  }
}
