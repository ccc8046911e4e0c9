package dev.nescio.schemas.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry in this process, on the loopback interface only, that Confluent's clients take for theirs. For the
 * quick start and for tests: Avro only, no references, no authentication. Ids and versions survive a restart on the
 * same file.
 */
public final class EmbeddedRegistry implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedRegistry.class);
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService executor;
  private final SchemaStore store;
  private final RegistryRoutes routes;
  private boolean closed;

  private EmbeddedRegistry(HttpServer server, SchemaStore store) {
    this.server = server;
    this.store = store;
    this.routes = new RegistryRoutes(store);
    this.executor = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(executor);
    server.createContext("/", this::handle);
  }

  /**
   * Starts a registry.
   *
   * @param port 0 for any free one
   * @param file JSON Lines file that it remembers by; created when it is not there
   * @throws RegistryPortTakenException if another process listens on the port
   * @throws IllegalStateException      if the file is damaged or in use; the message names it
   */
  public static EmbeddedRegistry start(int port, Path file) {
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (BindException e) {
      throw new RegistryPortTakenException(port, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on port " + port + ": " + e.getMessage(), e);
    }
    try {
      EmbeddedRegistry registry = new EmbeddedRegistry(server, new SchemaStore(file));
      server.start();
      return registry;
    } catch (RuntimeException e) {
      server.stop(0);
      throw e;
    }
  }

  /** Address for {@code schema.registry.url}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Stops; the file stays. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    server.stop(0);
    executor.close();
    store.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        Object answer = routes.answer(RegistryRequest.of(exchange));
        send(exchange, 200, answer instanceof Schema schema ? schema.toString() : JSON.writeValueAsString(answer));
      } catch (RegistryException e) {
        int status = e.errorCode() >= 1000 ? e.errorCode() / 100 : e.errorCode();
        send(exchange, status, error(e.errorCode(), e.getMessage()));
      } catch (RuntimeException e) {
        LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        send(exchange, 500, error(50001, "Error in the embedded registry: " + e));
      }
    }
  }

  private static String error(int code, String message) throws IOException {
    return JSON.writeValueAsString(Map.of("error_code", code, "message", message));
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", CONTENT_TYPE);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
