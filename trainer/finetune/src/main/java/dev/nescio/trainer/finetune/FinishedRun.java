package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The output directory: weights in PEFT or Hugging Face layout, tokenizer, and {@code training.json} with what it was
 * made of. It appears whole or not at all.
 *
 * @param directory of the output
 * @param run       digest of everything the result depends on
 */
record FinishedRun(Path directory, String run) {

  private static final String RECORD = "training.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  FineTuneResult write(
      Tunable tunable, LlamaWeights weights, ModelTokenizer tokenizer, FineTuner.BaseName base, FineTuneConfig config,
      RunCheckpoint.Standing end, int examples) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    // Not a temporary directory, which nobody else could read once it is renamed.
    Path partial = parent.resolve("." + directory.getFileName() + "." + UUID.randomUUID() + ".part");
    Files.createDirectories(partial);
    try {
      String digest;
      if (config.method() == FineTuneConfig.Method.LORA) {
        PeftAdapter adapter = AdapterFiles.adapter(tunable, weights.config(), config);
        adapter.write(partial, weights.config(), base.name());
        digest = adapter.id();
      } else {
        saveWeights(partial, tunable, weights);
        digest = sha256(partial.resolve("model.safetensors"));
      }
      tokenizer.save(partial);
      int steps = end.step();
      double perEpoch = steps / (double) config.epochs();
      FineTuneResult result = new FineTuneResult(
          directory, digest, steps, end.tokens(), Duration.ofNanos(end.nanos()), end.firstLoss() / perEpoch,
          end.lastLoss() / perEpoch, end.resumedAt());
      JSON.writerWithDefaultPrettyPrinter()
          .writeValue(partial.resolve(RECORD).toFile(), record(result, base, config, examples));
      Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
      return result;
    } finally {
      delete(partial);
    }
  }

  /** The result of the same run that was finished before. */
  FineTuneResult read() throws IOException {
    Path file = directory.resolve(RECORD);
    if (!Files.exists(file)) {
      throw new IOException(directory + " exists and is no output of fine-tuning; choose another directory");
    }
    JsonNode json = JSON.readTree(file.toFile());
    if (!run.equals(json.path("run").asText())) {
      throw new IOException(directory + " holds the output of another run; choose another directory or delete it");
    }
    JsonNode figures = json.path("figures");
    return new FineTuneResult(
        directory, json.path("digest").asText(), figures.path("steps").asInt(), figures.path("tokens").asLong(),
        Duration.ofNanos(figures.path("nanos").asLong()), figures.path("firstEpochLoss").asDouble(),
        figures.path("lastEpochLoss").asDouble(), figures.path("steps").asInt());
  }

  private ObjectNode record(FineTuneResult result, FineTuner.BaseName base, FineTuneConfig config, int examples) {
    ObjectNode json = JSON.createObjectNode();
    json.put("run", run).put("digest", result.digest()).put("base", base.name()).put("baseDigest", base.digest());
    json.put("examples", examples).put("idk_token", ModelTokenizer.IDK);
    ObjectNode settings = json.putObject("config");
    config.toMap().forEach(settings::put);
    json.putObject("figures").put("steps", result.steps()).put("tokens", result.tokens())
        .put("nanos", result.took().toNanos()).put("firstEpochLoss", result.firstEpochLoss())
        .put("lastEpochLoss", result.lastEpochLoss());
    return json;
  }

  private static void saveWeights(Path target, Tunable tunable, LlamaWeights weights) throws IOException {
    try (NDManager scope = tunable.manager().newSubManager();
        AdamW writer = new AdamW(new AdamW.Settings(0, 0, 0, 0))) {
      long at = 0;
      for (var tensor : tunable.layout().tensors().entrySet()) {
        long size = FlatLayout.elements(tensor.getValue());
        NDArray weight = weights.get(tensor.getKey());
        NDArray piece = tunable.forward().trained().get(at + ":" + (at + size)).reshape(weight.getShape());
        piece.attach(scope);
        writer.put(weight, piece, scope);
        at += size;
      }
      NDArray trained = tunable.forward().idk().orElseThrow();
      int hidden = weights.config().hiddenSize();
      for (int i = 0; i < weights.idkRows().size(); i++) {
        NDArray row = trained.get(i * hidden + ":" + (i + 1) * hidden);
        row.attach(scope);
        writer.put(weights.idkRows().get(i), row, scope);
      }
    }
    weights.save(target);
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(sha().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest sha = sha();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) sha.update(buffer, 0, n);
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) return;
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(directory)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) Files.delete(path);
  }
}
