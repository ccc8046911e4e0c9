package dev.nescio.model.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.nescio.model.TinyModel;
import dev.nescio.model.llama.LlamaConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubModelTest {

  private static final String WEIGHTS = "model.safetensors";

  @TempDir
  Path files;

  @TempDir
  Path cache;

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> breaking = Collections.synchronizedSet(new TreeSet<>());
  private HttpServer server;
  private HubModel source;
  private String tag = "\"v1\"";

  @BeforeEach
  void serve() throws IOException {
    TinyModel.write(files);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    source = new HubModel("org/tiny", "main",
        URI.create("http://" + server.getAddress().getHostString() + ":" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void fetchesOnceAndThenFindsItInTheCache() throws IOException {
    Path model = source.resolve(cache);
    assertThat(model.resolve(WEIGHTS)).hasSameBinaryContentAs(files.resolve(WEIGHTS));
    assertThat(LlamaConfig.read(model).layers()).isEqualTo(2);
    assertThat(asked).contains("/org/tiny/resolve/main/config.json", "/org/tiny/resolve/main/tokenizer.json");
    asked.clear();
    assertThat(source.resolve(cache)).isEqualTo(model);
    assertThat(asked).isEmpty();
    assertThat(cache.resolve("downloads")).isEmptyDirectory();
  }

  @Test
  void asksForTheRestAfterATransferBrokeOff() throws IOException {
    breaking.add(WEIGHTS);
    Path model = source.resolve(cache);
    assertThat(model.resolve(WEIGHTS)).hasSameBinaryContentAs(files.resolve(WEIGHTS));
    assertThat(asked.stream().filter(a -> a.contains(WEIGHTS) && a.contains("Range"))).isNotEmpty();
  }

  @Test
  void startsAgainWhenTheFileHasChangedMeanwhile() throws IOException {
    byte[] newer = Files.readAllBytes(files.resolve(WEIGHTS));
    Path downloads = cache.resolve("downloads").resolve("hub-" + source.base().getHost() + "-org--tiny-main");
    Files.createDirectories(downloads);
    Files.write(downloads.resolve(WEIGHTS + ".part"), new byte[1000]);
    Files.writeString(downloads.resolve(WEIGHTS + ".etag"), "\"v0\"");
    assertThat(source.resolve(cache).resolve(WEIGHTS)).hasBinaryContent(newer);
  }

  @Test
  void leavesNothingInTheCacheWhenAFileIsDamaged() throws IOException {
    byte[] bytes = Files.readAllBytes(files.resolve(WEIGHTS));
    Files.write(files.resolve(WEIGHTS), Arrays.copyOf(bytes, bytes.length - 10));
    assertThatThrownBy(() -> source.resolve(cache)).hasMessageContaining("is truncated: tensor");
    assertThat(cache.resolve("models").resolve("hub-" + source.base().getHost() + "-org--tiny-main")).doesNotExist();
  }

  @Test
  void saysWhatIsMissingAtTheServer() throws IOException {
    Files.delete(files.resolve(WEIGHTS));
    assertThatThrownBy(() -> source.resolve(cache))
        .hasMessageContaining("org/tiny/resolve/main/model.safetensors does not exist").hasMessageContaining("pickles");
    HubModel other = new HubModel("org/none", "main", source.base());
    assertThatThrownBy(() -> other.resolve(cache)).hasMessageContaining("check id and revision");
  }

  @Test
  void saysThatAServerCannotBeReached() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    HubModel gone = new HubModel("org/tiny", "main", URI.create("http://localhost:" + port));
    assertThatThrownBy(() -> gone.resolve(cache)).isInstanceOf(IOException.class)
        .hasMessageContaining("http://localhost:" + port).hasMessageContaining("cannot be reached")
        .hasMessageContaining("model directory");
  }

  @Test
  void refusesNamesThatAreNoNames() {
    for (String id : new String[] {"../etc", "a/b/c", "", "a b"}) {
      assertThatThrownBy(() -> new HubModel(id, "main", source.base())).hasMessageContaining("no model id");
    }
    assertThatThrownBy(() -> new HubModel("org/tiny", "../main", source.base())).hasMessageContaining("no revision");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    asked.add(path + (range == null ? "" : " Range " + range));
    String name = path.substring(path.lastIndexOf('/') + 1);
    Path file = files.resolve(name);
    try (exchange) {
      if (!path.startsWith("/org/tiny/resolve/main/") || !Files.exists(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      exchange.getResponseHeaders().set("ETag", tag);
      int from = 0;
      if (range != null && tag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
        from = Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.getResponseHeaders()
            .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
        exchange.sendResponseHeaders(206, bytes.length - from);
      } else {
        exchange.sendResponseHeaders(200, bytes.length);
      }
      int to = breaking.remove(name) ? bytes.length / 2 : bytes.length;
      exchange.getResponseBody().write(bytes, from, to - from);
      exchange.getResponseBody().flush();
    }
  }
}
