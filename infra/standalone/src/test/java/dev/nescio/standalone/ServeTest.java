package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.bytemodel.ByteModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nescio serve} as a process of its own, and {@code nescio up} with it as the model. */
class ServeTest {

  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Pattern URL = Pattern.compile("Serving (http://\\S+/v1)");

  @TempDir private Path directory;

  @Test
  void aSystemAnswersWithAModelOnAServer() throws Exception {
    Path model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    Path state = directory.resolve("state");
    try (Child serve = start("serve", "serve", "--model", model.toString(), "--name", "tiny", "--weights", "int8")) {
      serve.awaitOutput("Serving http", START);
      String url = url(serve);
      HttpResponse<String> reply =
          post(url + "/completions", "{\"model\":\"tiny\",\"prompt\":\"hi\",\"max_tokens\":2}");
      assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
      assertThat(reply.body()).contains("\"nescio\":{\"decision\"", "uncalibrated");

      try (Child up = start("up", "up", "--model", "openai:" + url + "#tiny")) {
        up.awaitOutput("Up. Ask with", START);
        assertThat(up.output()).contains("Remote   tiny, a nescio server", "P_IDK");
        Ran ran = Ran.nescio("ask", "What is the capital of Peru?", "--state", state);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).containsPattern("(?m)^p_idk +0\\.\\d{4}").containsPattern("(?m)^Model +base");
        up.interrupt();
        up.exit(STOP);
      }
      serve.interrupt();
      serve.exit(STOP);
      assertThat(serve.output()).contains("Stopping ...").doesNotContain("Exception", "cut off");
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String url = "openai:http://127.0.0.1:" + port + "/v1";
    refused(
        up("--model", url, "--server", "retries=0"), "127.0.0.1:" + port + "/v1 cannot be used",
        "refused the connection");
    refused(up("--model", url, "--server", "kind=hal"), "kind", "hal", "vllm");
    refused(
        up("--model", url, "--only", "trainer"), "the trainer needs the files of the model",
        "--only trainer --model DIR");
    refused(up("--model", url, "--weights", "int8"), "--weights", "is on a server");
    refused(up("--server", "kind=vllm"), "--server is for a model on a server");
    refused(Ran.nescio("demo", "--model", url, "--state", directory.resolve("d"), "--port", 0), "is on a server");
  }

  @Test
  void whatCannotBeServedIsNamedBeforeTheModelIsLoaded() throws IOException {
    Path file = Files.writeString(directory.resolve("c.json"), "{\"slope\":1}");
    refused(serve("--calibrator", file), "--calibrator " + file, "unknown field slope");
    refused(serve("--max-concurrent", 0), "--max-concurrent must be at least 1, is 0");
    refused(serve("--key-variable", "NESCIO_NO_SUCH_KEY"), "NESCIO_NO_SUCH_KEY", "is not set");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      refused(Ran.nescio("serve", "--port", port, "--state", directory.resolve("s")), "port " + port + " is taken");
    }
    assertThat(Ran.nescio("serve", "--help").out()).contains("--adapter", "--calibrator", "--max-queued");
  }

  private Ran up(Object... arguments) {
    return ran("up", arguments);
  }

  private Ran serve(Object... arguments) {
    return ran("serve", arguments);
  }

  private Ran ran(String command, Object... arguments) {
    Object[] all = new Object[arguments.length + 5];
    all[0] = command;
    all[1] = "--state";
    all[2] = directory.resolve("state");
    all[3] = "--port";
    all[4] = 0;
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return Ran.nescio(all);
  }

  private static void refused(Ran ran, String... parts) {
    assertThat(ran.code()).as(ran.out() + ran.err()).isEqualTo(1);
    assertThat(ran.err()).startsWith("nescio: ").contains(parts).doesNotContain("Exception", "\tat ");
  }

  private Child start(String name, String command, String... arguments) throws IOException {
    String[] all = new String[arguments.length + 5];
    all[0] = command;
    all[1] = "--state";
    all[2] = directory.resolve("state").toString();
    all[3] = "--port";
    all[4] = "0";
    System.arraycopy(arguments, 0, all, 5, arguments.length);
    return Child.start(directory.resolve(name + ".txt"), Map.of(), all);
  }

  private static String url(Child serve) throws IOException {
    Matcher matcher = URL.matcher(serve.output());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static HttpResponse<String> post(String url, String body) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(body)).build();
      return http.send(request, BodyHandlers.ofString());
    }
  }
}
