package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server in this process that does what it is told, above all the wrong thing. Completions are answered with
 * the next planned answer, and with the last one for ever.
 */
final class FaultyServer implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a request is answered with. */
  interface Answer {
    void to(HttpExchange exchange, JsonNode body) throws IOException;
  }

  /** A request as it came. */
  record Request(String path, Map<String, List<String>> headers, JsonNode body) {}

  final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger underWay = new AtomicInteger();
  final AtomicInteger mostUnderWay = new AtomicInteger();
  private final HttpServer http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Answer> planned = new ConcurrentLinkedQueue<>();
  private volatile Answer last = status(500, "{}");
  private volatile String models = "{\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\",\"max_model_len\":100}]}";

  FaultyServer() {
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.setExecutor(threads);
    http.createContext("/", this::handle);
    http.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/v1");
  }

  FaultyServer models(String json) {
    models = json;
    return this;
  }

  /** The answers to completions and to everything else but the list of models, in turn. */
  FaultyServer answers(Answer... answers) {
    planned.addAll(List.of(answers));
    last = answers[answers.length - 1];
    return this;
  }

  static Answer status(int status, String body, String... headers) {
    return (exchange, request) -> send(exchange, status, body, headers);
  }

  static Answer json(String body) {
    return status(200, body);
  }

  /** Server-sent events with these data, and {@code [DONE]}. */
  static Answer events(String... data) {
    StringBuilder stream = new StringBuilder(": a comment\n\n");
    for (String event : data) stream.append("data: ").append(event).append("\n\n");
    return status(200, stream + "data: [DONE]\n\n", "Content-Type", "text/event-stream; charset=utf-8");
  }

  /** Bodies of {@code /completions}, in the order of arrival. */
  List<JsonNode> completions() {
    return requests.stream().filter(r -> r.path().equals("/v1/completions")).map(Request::body).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] bytes = exchange.getRequestBody().readAllBytes();
      JsonNode body = JSON.readTree(bytes);
      requests.add(new Request(exchange.getRequestURI().getPath(), Map.copyOf(exchange.getRequestHeaders()), body));
      if (exchange.getRequestURI().getPath().equals("/v1/models")) {
        send(exchange, 200, models);
        return;
      }
      mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      try {
        Answer next = planned.poll();
        (next == null ? last : next).to(exchange, body);
      } finally {
        underWay.decrementAndGet();
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String body, String... headers) throws IOException {
    for (int i = 0; i < headers.length; i += 2) exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
