package dev.nescio.trainer.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reference values computed with PyTorch, transformers and PEFT. */
final class Golden {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Golden() {}

  static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String name) throws IOException {
    return JSON.readTree(path(name).toFile());
  }

  /** The three examples of the training files. */
  static List<EncodedExample> examples(JsonNode golden) {
    List<EncodedExample> examples = new ArrayList<>();
    for (int i = 0; i < golden.get("input_ids").size(); i++) {
      List<Integer> prompt = new ArrayList<>();
      List<Integer> target = new ArrayList<>();
      for (int t = 0; t < golden.get("input_ids").get(i).size(); t++) {
        if (golden.get("attention_mask").get(i).get(t).asInt() == 0) continue;
        int id = golden.get("input_ids").get(i).get(t).asInt();
        (golden.get("labels").get(i).get(t).asInt() == -100 ? prompt : target).add(id);
      }
      examples.add(new EncodedExample(
          prompt.stream().mapToInt(Integer::intValue).toArray(), target.stream().mapToInt(Integer::intValue).toArray(),
          golden.get("w").get(i).asDouble(), false));
    }
    return examples;
  }
}
