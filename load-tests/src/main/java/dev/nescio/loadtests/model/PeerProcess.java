package dev.nescio.loadtests.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.loadtests.LoadTestException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A peer in a Python process, which waits for input between calls: transformers and PEFT ({@code peer/peer.py}), or
 * llama.cpp ({@code peer/llama_cpp_peer.py}).
 */
final class PeerProcess implements Side {

  private static final int LOG_LINES = 15;
  private static final double LEARNING_RATE = 1e-4;

  private final ObjectMapper json = new ObjectMapper();
  private final Process process;
  private final Path log;
  private final Writer requests;
  private final BufferedReader answers;

  private PeerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * @param python  interpreter that has the packages of {@code peer/requirements.txt}
   * @param script  {@code peer.py}
   * @param model   what the script loads: a directory in Hugging Face layout, or a GGUF file for llama.cpp
   * @param threads of one operation
   * @param log     what the process writes to standard error
   */
  static PeerProcess start(Path python, Path script, Path model, int threads, Path log) throws IOException {
    Process process = new ProcessBuilder(python.toString(), script.toString(), "--model", model.toString(),
        "--threads", Integer.toString(threads)).redirectError(log.toFile()).start();
    return new PeerProcess(process, log);
  }

  /** Versions of Python and its packages; waits until the model is loaded. */
  Map<String, String> versions() throws IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    ask(json.createObjectNode().put("op", "hello")).path("versions").properties()
        .forEach(entry -> versions.put(entry.getKey(), entry.getValue().asText()));
    return versions;
  }

  @Override
  public Task.Done run(Task task) throws IOException {
    return switch (task) {
      case Task.Generate generate -> generate(generate);
      case Task.Train train -> train(train);
    };
  }

  private Task.Done generate(Task.Generate task) throws IOException {
    ModelWorkload.Generate workload = task.workload();
    ObjectNode request = json.createObjectNode().put("op", "generate").put("samples", workload.samples())
        .put("newTokens", workload.newTokens()).put("temperature", workload.temperature()).put("seed", task.seed());
    ArrayNode prompts = request.putArray("ids");
    for (int[] prompt : task.ids()) addTo(prompts.addArray(), prompt);
    JsonNode answer = ask(request);
    List<int[]> ids = new ArrayList<>();
    for (JsonNode sequence : answer.path("ids")) ids.add(json.convertValue(sequence, int[].class));
    long counted = (workload.prefill() ? task.ids() : ids).stream().mapToLong(sequence -> sequence.length).sum();
    return new Task.Done(answer.path("seconds").asDouble(), counted, ids);
  }

  private Task.Done train(Task.Train task) throws IOException {
    ModelWorkload.Train workload = task.workload();
    ObjectNode request = json.createObjectNode().put("op", "train").put("rank", workload.rank())
        .put("alpha", workload.alpha()).put("rate", LEARNING_RATE).put("steps", workload.steps())
        .put("seed", task.seed());
    ArrayNode examples = request.putArray("examples");
    for (Task.Encoded example : task.encoded()) {
      ObjectNode one = examples.addObject();
      addTo(one.putArray("prompt"), example.prompt());
      addTo(one.putArray("target"), example.target());
    }
    return new Task.Done(ask(request).path("seconds").asDouble(), task.tokensRead() * workload.steps(), List.of());
  }

  private static void addTo(ArrayNode array, int[] values) {
    for (int value : values) array.add(value);
  }

  private JsonNode ask(ObjectNode request) throws IOException {
    String answer;
    try {
      requests.write(json.writeValueAsString(request) + "\n");
      requests.flush();
      answer = answers.readLine();
    } catch (IOException e) {
      throw gone(e);
    }
    if (answer == null) throw gone(null);
    JsonNode node = json.readTree(answer);
    if (node.has("error")) throw new LoadTestException("the peer failed: " + node.get("error").asText());
    return node;
  }

  private LoadTestException gone(IOException cause) throws IOException {
    List<String> lines = Files.readAllLines(log);
    List<String> last = lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size());
    return new LoadTestException(
        "the peer's process ended; its last words:\n" + String.join("\n", last), cause);
  }

  @Override
  public void close() {
    try {
      requests.close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly();
    } catch (IOException e) {
      // It ended before it was asked to; what it had said has been heard.
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
