package dev.nescio.language.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON over HTTP to one server: a bounded number of requests at a time, sent again when the server was busy or the
 * connection broke. Sending again is safe, since a completion changes nothing on the server. Thread-safe.
 */
final class ServerConnection implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Request timeout, too many requests, bad gateway, unavailable, gateway timeout. */
  private static final Set<Integer> PASSING = Set.of(408, 429, 502, 503, 504);

  private static final long LARGEST_ANSWER_BYTES = 64L << 20;

  private final OpenAiConfig config;
  private final Optional<String> key;
  private final HttpClient http;
  private final Semaphore permits;
  private final Pause pause;
  private final InstantSource clock;
  private final RandomGenerator random;

  /** Waits; a test does not. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration duration) throws InterruptedException;
  }

  /** An attempt that came to nothing and may be repeated. */
  private record Failed(String what, Optional<Duration> asked, Throwable cause) {}

  /**
   * @param key API key, sent as a bearer token
   */
  ServerConnection(
      OpenAiConfig config, Optional<String> key, Pause pause, InstantSource clock, RandomGenerator random) {
    this.config = config;
    this.key = key;
    this.pause = pause;
    this.clock = clock;
    this.random = random;
    permits = new Semaphore(config.concurrency(), true);
    http = HttpClient.newBuilder().connectTimeout(config.connectTimeout()).build();
  }

  /** The answer to {@code GET url + path}. */
  JsonNode get(String path) {
    return send(path, builder(config.url() + path).GET().build());
  }

  /** The answer to {@code POST url + path}. */
  JsonNode post(String path, JsonNode body) {
    return postTo(config.url() + path, path, body);
  }

  /** As {@link #post}, beside the interface's base: {@code http://host/v1} and {@code /tokenize} is {@code /tokenize}. */
  JsonNode postBeside(String path, JsonNode body) {
    return postTo(config.url().resolve(path).toString(), path, body);
  }

  private JsonNode postTo(String url, String path, JsonNode body) {
    HttpRequest request =
        builder(url).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString())).build();
    return send(path, request);
  }

  private HttpRequest.Builder builder(String url) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/json");
    key.ifPresent(k -> builder.header("Authorization", "Bearer " + k));
    return builder;
  }

  /**
   * @throws ServerException if all attempts fail, or the server refuses or answers nonsense
   */
  private JsonNode send(String path, HttpRequest request) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw interrupted(path, e);
    }
    try {
      return attempts(path, request);
    } catch (InterruptedException e) {
      throw interrupted(path, e);
    } finally {
      permits.release();
    }
  }

  private JsonNode attempts(String path, HttpRequest request) throws InterruptedException {
    for (int retry = 0; ; retry++) {
      Failed failed;
      try {
        HttpResponse<byte[]> response = once(request);
        if (!PASSING.contains(response.statusCode())) return accepted(path, response);
        failed = new Failed(status(path, response), retryAfter(response), null);
      } catch (IOException e) {
        failed = new Failed(path + " " + reason(e), Optional.empty(), e);
      }
      Optional<Duration> wait = config.retry().pause(retry, failed.asked(), random);
      if (wait.isEmpty()) throw givenUp(failed, retry + 1);
      log.debug("{} is asked again in {}: {}", config.url(), wait.get(), failed.what());
      pause.pause(wait.get());
    }
  }

  /** The client's own timeout ends with the headers, and a server may stop in the middle of the body. */
  private HttpResponse<byte[]> once(HttpRequest request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> future =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER_BYTES));
    try {
      return future.get(config.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("gave no answer within " + config.requestTimeout().toMillis() + " ms", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) throw io;
      throw new IllegalStateException("cannot ask " + request.uri(), e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  private JsonNode accepted(String path, HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status != 200) throw ServerErrors.refusal(config.url() + " " + path, status, response.body());
    try {
      JsonNode json = JSON.readTree(response.body());
      if (json.isObject() || json.isArray()) return json;
      throw new ProtocolViolationException(config.url() + " answered " + path + " with no JSON object");
    } catch (JsonProcessingException e) {
      throw new ProtocolViolationException(
          config.url() + " answered " + path + " with no JSON; is this an OpenAI-compatible server? "
              + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ProtocolViolationException(config.url() + " answered " + path + " with no text", e);
    }
  }

  private ServerUnreachableException givenUp(Failed failed, int attempts) {
    String asked =
        failed.asked().filter(wait -> wait.compareTo(config.retry().longest()) > 0)
            .map(wait -> ", which asks to wait " + wait.toSeconds() + " s, longer than retry.longest.ms").orElse("");
    return new ServerUnreachableException(
        "the server " + config.url() + " cannot be used: " + failed.what() + asked + " (attempt " + attempts + "); check"
            + " that it runs and is not overloaded", failed.cause());
  }

  private ServerUnreachableException interrupted(String path, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ServerUnreachableException("interrupted while waiting for " + config.url() + " " + path, e);
  }

  private static String status(String path, HttpResponse<byte[]> response) {
    return path + " answered " + response.statusCode() + " "
        + ServerErrors.message(response.body()).orElse("without a message");
  }

  private static String reason(IOException e) {
    if (e instanceof HttpConnectTimeoutException) return "could not be connected to in time";
    if (e instanceof ConnectException) return "refused the connection";
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private Optional<Duration> retryAfter(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Retry-After").flatMap(value -> RetryAfter.parse(value, clock.instant()));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
