package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.confidence.Estimators;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A server that takes one request and lets none wait is always free for a client that has its reply. */
class AskingAgainTest {

  private static final int TIMES = 200;

  @Test
  void requestsOneAfterTheOtherAreAllAnswered() throws Exception {
    PatientModel model = new PatientModel();
    model.go.countDown();
    ServeConfig config =
        new ServeConfig("127.0.0.1", 0, 4096, 1, 0, 100, 8, Duration.ofSeconds(5), Optional.empty());
    try (Catalogue catalogue = Catalogue.load(model, "m", Map.of(), Instant.EPOCH);
        ServeServer server =
            ServeServer.start(
                config, catalogue, new PatientModel.OneToken(), Estimators.all(), "sequence-probability",
                Optional.empty(), InstantSource.system());
        HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create(server.url() + "/completions");
      for (int i = 0; i < TIMES; i++) {
        // Whole replies and streams by turns.
        String body = "{\"model\":\"m\",\"prompt\":\"x\",\"stream\":" + (i % 2 == 0) + "}";
        HttpRequest request =
            HttpRequest.newBuilder(uri).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as("request %d: %s", i, response.body()).isEqualTo(200);
      }
    }
  }
}
