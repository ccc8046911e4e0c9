package dev.nescio.language.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
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

  /** An attempt with its answer, or without: one of the two is null. */
  private record Attempt(JsonNode answer, Failed failed) {}

  private interface Try {
    Attempt run() throws IOException, InterruptedException;
  }

  private interface Interruptible<T> {
    T run() throws InterruptedException;
  }

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
    http = HttpClient.newBuilder().connectTimeout(config.connectTimeout()).version(version(config.url())).build();
  }

  /**
   * Without TLS the client would ask for an upgrade to HTTP/2 with its first request, and uvicorn, on which vLLM and many
   * others run, then loses the body of that request.
   */
  private static HttpClient.Version version(URI url) {
    return url.getScheme().equals("https") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
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
    return send(path, posted(url, body));
  }

  private HttpRequest posted(String url, JsonNode body) {
    return builder(url).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()))
        .build();
  }

  /**
   * The events of {@code POST url + path}, told one after the other on this thread. It is asked again as long as nothing
   * was told; a stream that breaks later has failed.
   *
   * @param body   asks for a stream; a server that answers in one piece all the same has that told as the only event
   * @param events what it throws ends the connection and is thrown on
   * @throws ServerException if all attempts fail, the stream breaks, or the server refuses or answers nonsense
   */
  void stream(String path, JsonNode body, Consumer<JsonNode> events) {
    HttpRequest request = posted(config.url() + path, body);
    Told told = new Told(events);
    limited(path, () -> attempts(path, () -> streamed(path, request, told)));
  }

  private Attempt streamed(String path, HttpRequest request, Told told) throws IOException, InterruptedException {
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = once(request, BodyHandlers.ofPublisher());
    boolean stream =
        response.headers().firstValue("Content-Type").filter(type -> type.startsWith("text/event-stream")).isPresent();
    if (response.statusCode() != 200 || !stream) {
      BodySubscriber<byte[]> whole = BodySubscribers.limiting(BodySubscribers.ofByteArray(), LARGEST_ANSWER_BYTES);
      response.body().subscribe(whole);
      Attempt attempt = attempt(path, response, inTime(whole.getBody().toCompletableFuture(), request));
      if (attempt.answer() != null) told.tell(attempt.answer());
      return attempt;
    }
    try (EventLines lines = new EventLines()) {
      response.body().subscribe(BodySubscribers.fromLineSubscriber(lines));
      for (Optional<String> next = lines.next(config.requestTimeout()); next.isPresent();
          next = lines.next(config.requestTimeout())) {
        if (next.get().equals("[DONE]")) break;
        JsonNode event = json(path, next.get().getBytes(StandardCharsets.UTF_8));
        if (event.has("error")) throw ServerErrors.inStream(config.url() + " " + path, event);
        told.tell(event);
      }
      if (told.any()) return new Attempt(MissingNode.getInstance(), null);
      throw new ProtocolViolationException(
          config.url() + " ended its stream without a chunk; llama-cpp-python does so when a prompt does not fit");
    } catch (IOException e) {
      if (!told.any()) throw e;
      throw new ServerUnreachableException("the stream of " + config.url() + " broke off: " + reason(e), e);
    }
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
    BodyHandler<byte[]> whole = BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER_BYTES);
    return limited(
        path,
        () -> attempts(
            path,
            () -> {
              HttpResponse<byte[]> response = once(request, whole);
              return attempt(path, response, response.body());
            }));
  }

  private JsonNode limited(String path, Interruptible<JsonNode> work) {
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      throw interrupted(path, e);
    }
    try {
      return work.run();
    } catch (InterruptedException e) {
      throw interrupted(path, e);
    } finally {
      permits.release();
    }
  }

  private JsonNode attempts(String path, Try attempt) throws InterruptedException {
    for (int retry = 0; ; retry++) {
      Failed failed;
      try {
        Attempt came = attempt.run();
        if (came.answer() != null) return came.answer();
        failed = came.failed();
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
  private <T> HttpResponse<T> once(HttpRequest request, BodyHandler<T> body) throws IOException, InterruptedException {
    return inTime(http.sendAsync(request, body), request);
  }

  private <T> T inTime(CompletableFuture<T> future, HttpRequest request) throws IOException, InterruptedException {
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

  private Attempt attempt(String path, HttpResponse<?> response, byte[] body) {
    int status = response.statusCode();
    if (PASSING.contains(status)) {
      String what = path + " answered " + status + " " + ServerErrors.message(body).orElse("without a message");
      return new Attempt(null, new Failed(what, retryAfter(response), null));
    }
    if (status != 200) throw ServerErrors.refusal(config.url() + " " + path, status, body);
    return new Attempt(json(path, body), null);
  }

  private JsonNode json(String path, byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
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

  private static String reason(IOException e) {
    if (e instanceof HttpConnectTimeoutException) return "could not be connected to in time";
    if (e instanceof ConnectException) return "refused the connection";
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private Optional<Duration> retryAfter(HttpResponse<?> response) {
    return response.headers().firstValue("Retry-After").flatMap(value -> RetryAfter.parse(value, clock.instant()));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
