package dev.nescio.trainer.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.TargetLayout;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The golden two-layer model with a tokenizer of single bytes, as a directory that can be fine-tuned. */
final class TinyModel {

  static final FineTuner.BaseName NAME = new FineTuner.BaseName("tiny", "0123");

  private TinyModel() {}

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
