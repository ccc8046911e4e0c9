package dev.nescio.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Of the client alone; what it may rely on, whichever registry answers, is tested in infra/platform. */
class HttpRegistryClientTest {

  @Test
  void triesTheNextAddressAndTheServerAgain() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    HttpServer flaky = server(calls, new AtomicReference<>(), 2);
    try (RegistryClient patient = new HttpRegistryClient(new RegistryConfig(
        List.of(URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:" + flaky.getAddress().getPort())),
        Optional.empty(), Duration.ofSeconds(5), 4))) {
      assertThat(patient.subjects()).containsExactly("a");
      assertThat(calls).hasValue(2);
    } finally {
      flaky.stop(0);
    }
  }

  @Test
  void sendsBasicAuthenticationFromEitherSource() throws IOException {
    AtomicReference<String> seen = new AtomicReference<>();
    HttpServer server = server(new AtomicInteger(), seen, 1);
    String address = "127.0.0.1:" + server.getAddress().getPort();
    List<Map<String, String>> configs = List.of(
        Map.of("schema.registry.url", "http://" + address, "basic.auth.credentials.source", "USER_INFO",
            "basic.auth.user.info", "ann:secret"),
        Map.of("schema.registry.url", "http://ann:secret@" + address, "basic.auth.credentials.source", "URL"));
    try {
      for (Map<String, String> config : configs) {
        seen.set(null);
        RegistryConfig parsed = RegistryConfig.from(config);
        try (RegistryClient authenticated = new HttpRegistryClient(parsed)) {
          authenticated.subjects();
        }
        // base64 of ann:secret
        assertThat(seen).hasValue("Basic YW5uOnNlY3JldA==");
        assertThat(parsed.toString()).doesNotContain("secret");
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void namesTheAddressWhenNobodyAnswers() {
    try (RegistryClient lost = new HttpRegistryClient(new RegistryConfig(
        List.of(URI.create("http://127.0.0.1:1")), Optional.empty(), Duration.ofSeconds(1), 2))) {
      assertThatThrownBy(lost::subjects).isInstanceOf(RegistryUnavailableException.class)
          .hasMessageContaining("http://127.0.0.1:1").hasMessageContaining("schema.registry.url");
    }
  }

  @Test
  void checksItsConfiguration() {
    assertThatThrownBy(() -> RegistryConfig.from(Map.of())).hasMessageContaining("schema.registry.url is not set");
    assertThatThrownBy(() -> RegistryConfig.at("nonsense")).hasMessageContaining("nonsense");
    assertThatThrownBy(() -> RegistryConfig.at(" ")).hasMessageContaining("schema.registry.url is empty");
    assertThatThrownBy(() -> RegistryConfig.from(Map.of("schema.registry.url", "http://a",
        "basic.auth.credentials.source", "SASL_INHERIT"))).hasMessageContaining("SASL_INHERIT");
  }

  /** Answers 503 until the given call, then one subject. */
  private static HttpServer server(AtomicInteger calls, AtomicReference<String> authorization, int goodFrom)
      throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/subjects", exchange -> {
      authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
      byte[] body = "[\"a\"]".getBytes();
      exchange.sendResponseHeaders(calls.incrementAndGet() >= goodFrom ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    return server;
  }
}
