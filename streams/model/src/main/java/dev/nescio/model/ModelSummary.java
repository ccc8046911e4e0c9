package dev.nescio.model;

import ai.djl.ndarray.types.Shape;
import dev.nescio.model.files.Checkpoint;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.llama.RopeScaling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a model directory holds, in words. */
public final class ModelSummary {

  private static final double MEGABYTE = 1e6;

  private ModelSummary() {}

  /**
   * Reads configuration and headers; no weights.
   *
   * @return what to what, in the order to print
   */
  public static Map<String, String> of(Path directory) throws IOException {
    LlamaConfig config = LlamaConfig.read(directory);
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("family", config.family().modelType() + " (" + config.family().architecture() + ")");
    lines.put("shape", shape(config));
    lines.put("context", config.contextTokens() + " tokens");
    config.slidingWindow().ifPresent(window -> lines.put("window", window.tokens() + " tokens, in "
        + (window.layers().size() == config.layers() ? "all layers" : "the layers " + window.layers())));
    lines.put("rope", rope(config));
    lines.put("bias", config.biases().isEmpty() ? "none" : modules(config.biases()));
    lines.put("head", config.tiedEmbeddings() ? "tied to the embedding" : "a matrix of its own");
    lines.put("end", "tokens " + config.endTokenIds());
    lines.put("weights", weights(directory));
    lines.put("cache", config.cacheElementsPerToken() + " numbers a token");
    lines.put("digest", ModelDigest.of(directory));
    lines.put("adapters", "LoRA as PEFT saves it, on " + modules(Set.of(Projection.values()))
        + "; a row of <IDK> in embed_tokens" + (config.tiedEmbeddings() ? "" : " and lm_head"));
    return lines;
  }

  /** Numbers of layers, heads, rows and parameters. */
  static String shape(LlamaConfig config) {
    long parameters = parameters(config.withLayers(1));
    long layer = parameters(config.withLayers(2)) - parameters;
    return String.format(Locale.ROOT, "%s, %d layers, %d heads (%d key-value) of %d, hidden %d, feed-forward %d, "
        + "vocabulary %d, %.1f M parameters", config.family().modelType(), config.layers(), config.heads(),
        config.kvHeads(), config.headDim(), config.hiddenSize(), config.intermediateSize(), config.vocabSize(),
        (parameters + layer * (config.layers() - 1)) / MEGABYTE);
  }

  private static long parameters(LlamaConfig config) {
    return LlamaWeights.shapes(config).values().stream().mapToLong(Shape::size).sum();
  }

  /** Number, size and types of the tensors in the files. */
  static String weights(Path directory) throws IOException {
    Set<String> types = new TreeSet<>();
    long bytes = 0;
    int tensors = 0;
    List<Path> files = Checkpoint.files(directory);
    for (Path file : files) {
      try (SafetensorsReader reader = new SafetensorsReader(file)) {
        for (String name : reader.names()) {
          SafetensorsReader.Entry entry = reader.entry(name);
          types.add(entry.type());
          bytes += entry.end() - entry.begin();
          tensors++;
        }
      }
    }
    return String.format(Locale.ROOT, "%d tensors in %d file%s, %s, %.1f MB", tensors, files.size(),
        files.size() == 1 ? "" : "s", String.join(" and ", types), bytes / MEGABYTE);
  }

  private static String rope(LlamaConfig config) {
    String scaling = switch (config.ropeScaling()) {
      case RopeScaling.None none -> "not scaled";
      case RopeScaling.Linear linear -> "scaled linearly by " + linear.factor();
      case RopeScaling.Llama3 llama3 -> "scaled as Llama 3 by " + llama3.factor() + " from "
          + llama3.originalContext() + " tokens";
    };
    return "theta " + config.ropeTheta() + ", " + scaling;
  }

  private static String modules(Set<Projection> projections) {
    return new TreeSet<>(projections).stream().map(Projection::module).collect(Collectors.joining(", "));
  }
}
