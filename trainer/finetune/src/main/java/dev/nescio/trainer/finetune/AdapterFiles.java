package dev.nescio.trainer.finetune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.LlamaConfig;
import dev.nescio.model.ModelTokenizer;
import dev.nescio.model.Projection;
import dev.nescio.model.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** An adapter as PEFT writes and loads it, the row of {@code <IDK>} as its trainable token. */
final class AdapterFiles {

  private static final String PREFIX = "base_model.model.";
  private static final String IDK_ROW = PREFIX + "model.embed_tokens.token_adapter.trainable_tokens_delta";
  private static final ObjectMapper JSON = new ObjectMapper();

  private AdapterFiles() {}

  static void write(
      Path directory, Tunable tunable, LlamaConfig shape, FineTuner.BaseName base, FineTuneConfig config)
      throws IOException {
    Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    tunable.forward().idk().ifPresent(row -> {
      tensors.put(IDK_ROW, row.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
      shapes.put(IDK_ROW, new long[] {1, shape.hiddenSize()});
    });
    TrainedParameters.split(tunable.layout(), tunable.forward().trained()).forEach((name, bytes) -> {
      tensors.put(PREFIX + name, bytes);
      shapes.put(PREFIX + name, tunable.layout().tensors().get(name));
    });
    SafetensorsWriter.write(
        directory.resolve("adapter_model.safetensors"), shapes, Map.of(), tensors::get);
    JSON.writerWithDefaultPrettyPrinter().writeValue(
        directory.resolve("adapter_config.json").toFile(),
        config(shape, base, config, tunable.forward().idk().isPresent()));
  }

  private static ObjectNode config(
      LlamaConfig shape, FineTuner.BaseName base, FineTuneConfig config, boolean idk) {
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("base_model_name_or_path", base.name());
    json.put("r", config.rank()).put("lora_alpha", config.alpha()).put("lora_dropout", 0.0);
    ArrayNode targets = json.putArray("target_modules");
    for (Projection projection : config.projections()) targets.add(projection.module());
    json.put("bias", "none").put("fan_in_fan_out", false).put("use_rslora", false).put("use_dora", false);
    json.put("inference_mode", true).putNull("modules_to_save");
    if (idk) {
      json.putObject("trainable_token_indices").putArray("embed_tokens").add(shape.vocabSize());
      json.put("idk_token", ModelTokenizer.IDK);
    }
    return json;
  }
}
