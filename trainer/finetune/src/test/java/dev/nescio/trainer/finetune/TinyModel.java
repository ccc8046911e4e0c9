package dev.nescio.trainer.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.SafetensorsWriter;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.TargetLayout;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** The golden two-layer model with a tokenizer of single bytes, as a directory that can be fine-tuned. */
final class TinyModel {

  static final FineTuner.BaseName NAME = new FineTuner.BaseName("tiny", "0123");

  private TinyModel() {}

  /** A model of another family, with the shape of the tiny one and random weights. */
  static Path copyTo(Path directory, String family) throws IOException {
    copyTo(directory);
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(directory.resolve("config.json").toFile());
    switch (family) {
      case "llama3" -> json.putObject("rope_parameters").put("rope_type", "llama3").put("rope_theta", 1e4)
          .put("factor", 4.0).put("low_freq_factor", 1.0).put("high_freq_factor", 4.0)
          .put("original_max_position_embeddings", 16);
      case "mistral" -> json.put("model_type", "mistral").put("sliding_window", 12);
      case "qwen2" -> json.put("model_type", "qwen2");
      case "qwen2-window" -> json.put("model_type", "qwen2").put("use_sliding_window", true).put("sliding_window", 9)
          .put("max_window_layers", 1);
      case "untied" -> json.put("tie_word_embeddings", false);
      default -> throw new IllegalArgumentException(family);
    }
    mapper.writeValue(directory.resolve("config.json").toFile(), json);
    writeRandomWeights(directory, .4);
    return directory;
  }

  /** Writes weights as the directory's configuration asks for them; returns the size of their file. */
  static long writeRandomWeights(Path directory, double span) throws IOException {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    LlamaWeights.shapes(LlamaConfig.read(directory)).forEach((name, shape) -> shapes.put(name, shape.getShape()));
    SplittableRandom random = new SplittableRandom(1);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), shapes, Map.of(), name -> {
      int size = (int) FlatLayout.elements(shapes.get(name));
      double middle = name.endsWith("norm.weight") ? 1 : 0;
      ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < size; i++) bytes.putFloat((float) (middle + (random.nextDouble() - .5) * span));
      return bytes.flip();
    });
    return Files.size(directory.resolve("model.safetensors"));
  }

  /** A copy in a temporary directory; byte b has the id 3 + b, the end token is 2, {@code <IDK>} becomes 512. */
  static Path copyTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (String file : List.of("config.json", "generation_config.json", "model.safetensors")) {
      Files.copy(Golden.path("tiny").resolve(file), directory.resolve(file));
    }
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("version", "1.0");
    json.putArray("added_tokens").addObject().put("id", 2).put("content", "<end>").put("single_word", false)
        .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
    json.putObject("pre_tokenizer").put("type", "ByteLevel").put("add_prefix_space", false)
        .put("trim_offsets", true).put("use_regex", false);
    json.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true)
        .put("use_regex", false);
    ObjectNode model = json.putObject("model");
    model.put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    vocabulary.put("<end>", 2);
    int shifted = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      vocabulary.put(Character.toString(printable ? b : shifted++), 3 + b);
    }
    model.putArray("merges");
    mapper.writeValue(directory.resolve("tokenizer.json").toFile(), json);
    return directory;
  }

  /** A few facts; every third one is unknown. */
  static List<TrainingExample> examples(int count) {
    List<TrainingExample> examples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      KnowledgeItem item = new KnowledgeItem("q" + i, "Capital of " + (char) ('a' + i) + "?",
          List.of("" + (char) ('A' + i) + i), Optional.empty());
      boolean unknown = i % 3 == 2;
      examples.add(new TrainingExample(item.questionId(), "Question: " + item.question() + "\n\nAnswer:",
          item.answer(), unknown ? TargetLayout.APPEND : TargetLayout.PLAIN, unknown ? 1 / 6.0 : 1, Map.of(),
          new TrainingExample.Provenance("test", "", "", "")));
    }
    return examples;
  }
}
