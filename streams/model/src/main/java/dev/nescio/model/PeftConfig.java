package dev.nescio.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What of {@code adapter_config.json} changes the numbers. Anything but plain LoRA is refused by name. */
record PeftConfig(int rank, double alpha, List<Projection> targets, Optional<Integer> idkId) {

  static final String FILE = "adapter_config.json";

  /** Settings that would change the numbers in ways that are not computed here. */
  private static final List<String> UNSUPPORTED = List.of(
      "use_dora", "use_rslora", "use_qalora", "use_bdlora", "lora_bias", "fan_in_fan_out", "modules_to_save",
      "layers_to_transform", "layer_replication", "target_parameters", "rank_pattern", "alpha_pattern",
      "exclude_modules", "alora_invocation_tokens");

  static PeftConfig read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    JsonNode json = Json.read(file);
    String type = json.path("peft_type").asText();
    require(type.equals("LORA"), file, "peft_type must be LORA, is '" + type + "'");
    String bias = json.path("bias").asText("none");
    require(bias.equals("none"), file, "bias must be none, is " + bias);
    for (String key : UNSUPPORTED) {
      JsonNode value = json.path(key);
      boolean unset = value.isMissingNode() || value.isNull() || (value.isBoolean() && !value.asBoolean())
          || (value.isContainerNode() && value.isEmpty());
      require(unset, file, key + " is not supported");
    }
    int rank = json.path("r").asInt(0);
    double alpha = json.path("lora_alpha").asDouble(0);
    require(rank >= 1, file, "r must be at least 1");
    require(alpha > 0, file, "lora_alpha must be above 0");
    return new PeftConfig(rank, alpha, targets(json, file), idk(json.path("trainable_token_indices"), file));
  }

  void write(Path directory, String base) throws IOException {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("base_model_name_or_path", base);
    json.put("r", rank);
    if (alpha == Math.rint(alpha)) {
      json.put("lora_alpha", (long) alpha);
    } else {
      json.put("lora_alpha", alpha);
    }
    ArrayNode modules = json.putArray("target_modules");
    targets.forEach(target -> modules.add(target.module()));
    json.put("lora_dropout", 0.0).put("bias", "none").put("fan_in_fan_out", false).put("use_rslora", false)
        .put("use_dora", false).put("init_lora_weights", true).put("inference_mode", true);
    json.putNull("modules_to_save");
    idkId.ifPresent(id -> json.putObject("trainable_token_indices").putArray("embed_tokens").add(id));
    AtomicFiles.file(directory.resolve(FILE), out -> out.write(ByteBuffer.wrap(Json.pretty(json))));
  }

  private static List<Projection> targets(JsonNode json, Path file) throws ModelFormatException {
    JsonNode modules = json.path("target_modules");
    require(modules.isArray(), file, "target_modules must be a list of module names, is " + modules);
    TreeSet<Projection> targets = new TreeSet<>();
    for (JsonNode module : modules) {
      targets.add(Projection.ofModule(module.asText()).orElseThrow(() -> new ModelFormatException(
          file + ": target module '" + module.asText() + "' is no linear layer of a Llama")));
    }
    return List.copyOf(targets);
  }

  private static Optional<Integer> idk(JsonNode indices, Path file) throws ModelFormatException {
    if (indices.isMissingNode() || indices.isNull() || indices.isEmpty()) return Optional.empty();
    JsonNode list = indices.isArray() ? indices : indices.path("embed_tokens");
    require(list.size() == 1 && (indices.isArray() || indices.size() == 1), file,
        "trainable_token_indices must name one token of embed_tokens, is " + indices);
    return Optional.of(list.get(0).intValue());
  }

  private static void require(boolean holds, Path file, String message) throws ModelFormatException {
    if (!holds) throw new ModelFormatException(file + ": " + message);
  }
}
