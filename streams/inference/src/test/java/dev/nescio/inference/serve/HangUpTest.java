package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.confidence.Estimators;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that hangs up frees the model, whether it had asked for a stream or for a whole reply. */
class HangUpTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theModelIsToldThatNobodyWaits(boolean stream) throws Exception {
    PatientModel model = new PatientModel();
    ServeConfig config =
        new ServeConfig("127.0.0.1", 0, 4096, 1, 0, 100, 8, Duration.ofMillis(10), Optional.empty());
    try (Catalogue catalogue = Catalogue.load(model, "m", Map.of(), Instant.EPOCH);
        ServeServer server =
            ServeServer.start(
                config, catalogue, new PatientModel.OneToken(), Estimators.all(), "sequence-probability",
                Optional.empty(), InstantSource.system())) {
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        String body = "{\"model\":\"m\",\"prompt\":\"x\",\"stream\":" + stream + "}";
        String request =
            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
        assertThat(model.entered.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(figures(server)).containsPattern("(?m)^serve_inflight(\\{.*\\})? 1");
      }
      await().atMost(Duration.ofMinutes(1)).untilAsserted(
          () -> assertThat(figures(server))
              .containsPattern("(?m)^serve_requests_total\\{.*outcome=\"cancelled\".*\\} 1")
              .containsPattern("(?m)^serve_inflight(\\{.*\\})? 0"));
    }
  }

  private static String figures(ServeServer server) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.port() + "/prometheus");
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
