package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.confidence.Estimators;
import dev.nescio.language.openai.OpenAiConfig;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real model behind a real server, and plain HTTP to it. */
public final class Serving implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  final LocalLanguageModel model;
  final Catalogue catalogue;
  final ServeServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  public Serving(Path base, Map<String, Path> adapters, ServeConfig config, Optional<Calibration> calibration)
      throws IOException {
    model = LocalLanguageModels.open(LocalModelConfig.of(base).withName("tiny"));
    catalogue = Catalogue.load(model, "tiny", adapters, Instant.parse("2026-11-22T12:00:00Z"));
    server =
        ServeServer.start(
            config, catalogue, Tokens.of(model.tokenizer()), Estimators.all(), "sequence-probability", calibration,
            InstantSource.system());
  }

  /** Our own client of it. */
  public OpenAiModel client(Map<String, String> settings) {
    return OpenAiModel.open(
        OpenAiConfig.parse("openai:" + server.url() + "#tiny", settings), Map.of("KEY", "secret")::get);
  }

  HttpResponse<String> post(String path, String body, String... headers) {
    return send(builder(path, headers).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> get(String path, String... headers) {
    return send(builder(path, headers).GET());
  }

  JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(response.body(), e);
    }
  }

  /** Payloads of an event stream. */
  List<String> events(String path, String body) {
    HttpResponse<String> response = post(path, body);
    if (response.statusCode() != 200) throw new AssertionError(response.body());
    return response.body().lines().filter(line -> line.startsWith("data:")).map(line -> line.substring(5).strip())
        .toList();
  }

  private HttpRequest.Builder builder(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (headers.length > 0) builder.headers(headers);
    return builder;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    catalogue.close();
    model.close();
  }
}
