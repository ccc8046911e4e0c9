package dev.nescio.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.SafetensorsWriter;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A model of random weights that is large enough to be seen in the memory of the process. */
public final class BiggerModel {

  private BiggerModel() {}

  /** Hidden 512, 2 layers, random weights: 33 MB. */
  public static Path write(Path directory) throws IOException {
    TinyModel.write(directory);
    Path file = directory.resolve("config.json");
    ObjectNode json = (ObjectNode) Json.read(file);
    json.put("hidden_size", 512).put("intermediate_size", 2048).put("num_hidden_layers", 2)
        .put("num_attention_heads", 8).put("num_key_value_heads", 8).put("head_dim", 64);
    Files.write(file, Json.pretty(json));
    Map<String, long[]> shapes = new LinkedHashMap<>();
    LlamaWeights.shapes(LlamaConfig.read(directory)).forEach((name, shape) -> shapes.put(name, shape.getShape()));
    SplittableRandom random = new SplittableRandom(2);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), shapes, Map.of(), name -> {
      long[] shape = shapes.get(name);
      float[] numbers = numbers((int) (shape[0] * (shape.length > 1 ? shape[1] : 1)), random);
      ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(numbers);
      return bytes;
    });
    return directory;
  }

  /** Small numbers around 0. */
  public static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) numbers[i] = (float) ((random.nextDouble() - .5) * .01);
    return numbers;
  }
}
