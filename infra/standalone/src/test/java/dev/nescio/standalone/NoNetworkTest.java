package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that can reach no source of the model, with an empty cache. */
class NoNetworkTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory;

  @Test
  void anIndexThatRefusesIsNamedWithTheWayOut() throws Exception {
    Map<String, String> environment =
        Map.of("PIP_INDEX_URL", "http://127.0.0.1:" + closedPort() + "/simple", "PIP_CONFIG_FILE", "/dev/null");
    refused(environment, "no model: it is not in the cache, and fetching it failed");
  }

  @Test
  void aMachineWithoutPythonIsToldSo() throws Exception {
    refused(Map.of("PATH", directory.toString()), "'python3' could not be started");
  }

  private void refused(Map<String, String> environment, String what) throws IOException, InterruptedException {
    Path cache = directory.resolve("cache");
    try (Child child =
        Child.start(
            directory.resolve("out.txt"), environment, "up", "--state", directory.resolve("state").toString(),
            "--cache", cache.toString(), "--port", "0")) {
      assertThat(child.exit(PATIENCE)).as(child.output()).isEqualTo(1);
      assertThat(child.output())
          .contains("nescio: no model", what, "name a model directory, a .gguf file or hub:ID@REVISION")
          .doesNotContain("\tat ");
    }
    assertThat(Files.exists(cache.resolve("models"))).isFalse();
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
