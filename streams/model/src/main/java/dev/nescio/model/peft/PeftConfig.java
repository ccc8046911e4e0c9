package dev.nescio.model.peft;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What of {@code adapter_config.json} changes the numbers. Anything but LoRA on linear layers and one token's row is
 * refused by name, also settings that a later PEFT may add.
 *
 * @param rank           where no pattern says otherwise
 * @param alpha          likewise
 * @param rankStabilised scaling by alpha / sqrt(rank) instead of alpha / rank
 * @param strengths      rank and alpha of every adapted layer
 * @param idkId          token that has a row of its own in the embedding
 * @param idkOutput      true when it has one in the output matrix too
 */
record PeftConfig(
    int rank, double alpha, boolean rankStabilised, Map<PeftAdapter.Place, Strength> strengths,
    Optional<Integer> idkId, boolean idkOutput) {

  static final String FILE = "adapter_config.json";

  private static final Set<String> READ = Set.of(
      "peft_type", "r", "lora_alpha", "use_rslora", "target_modules", "exclude_modules", "layers_to_transform",
      "layers_pattern", "rank_pattern", "alpha_pattern", "trainable_token_indices", "bias", "init_lora_weights");

  /** Provenance, and what matters only while an adapter is made. */
  private static final Set<String> WITHOUT_EFFECT = Set.of(
      "base_model_name_or_path", "revision", "task_type", "inference_mode", "auto_mapping", "peft_version",
      "lora_dropout", "megatron_core", "qalora_group_size", "loftq_config", "eva_config");

  /** Ways to start that leave the base weights alone; others come with weights that differ from the base's. */
  private static final Set<String> STARTS = Set.of("true", "false", "gaussian", "eva", "orthogonal");

  /** Of one layer: A is [rank, in], B [out, rank]. */
  record Strength(int rank, double alpha) {}

  PeftConfig {
    strengths = Collections.unmodifiableMap(new TreeMap<>(strengths));
  }

  /**
   * @param config shape of the base, which says what the names stand for
   * @throws ModelFormatException naming the setting that is wrong or not supported
   */
  static PeftConfig read(Path directory, LlamaConfig config) throws IOException {
    Path file = directory.resolve(FILE);
    JsonNode json = Json.read(file);
    String type = json.path("peft_type").asText();
    require(type.equals("LORA"), file, "peft_type must be LORA, is '" + type + "'");
    String bias = json.path("bias").asText("none");
    require(bias.equals("none"), file, "bias must be none, is " + bias);
    JsonNode start = json.path("init_lora_weights");
    require(unset(start) || STARTS.contains(start.asText()), file, "init_lora_weights " + start
        + " changes the base weights, which is not supported; save the adapter as a plain one");
    for (Map.Entry<String, JsonNode> setting : json.properties()) {
      boolean known = READ.contains(setting.getKey()) || WITHOUT_EFFECT.contains(setting.getKey());
      require(known || unset(setting.getValue()), file, setting.getKey() + " is not supported");
    }
    int rank = rank(json.path("r"), "r", file);
    double alpha = alpha(json.path("lora_alpha"), "lora_alpha", file);
    Map<PeftAdapter.Place, Strength> strengths = new TreeMap<>();
    for (PeftAdapter.Place place : PeftTargets.read(json, file, config)) {
      Optional<String> rankKey = key(json.path("rank_pattern"), place, file);
      Optional<String> alphaKey = key(json.path("alpha_pattern"), place, file);
      strengths.put(place, new Strength(
          rankKey.isEmpty() ? rank : rank(json.path("rank_pattern").path(rankKey.get()), "rank_pattern", file),
          alphaKey.isEmpty() ? alpha : alpha(json.path("alpha_pattern").path(alphaKey.get()), "alpha_pattern", file)));
    }
    JsonNode tokens = json.path("trainable_token_indices");
    return new PeftConfig(rank, alpha, json.path("use_rslora").asBoolean(), strengths, idk(tokens, file),
        tokens.has("lm_head"));
  }

  /** Highest rank of any layer. */
  int highestRank() {
    return strengths.values().stream().mapToInt(Strength::rank).max().orElse(rank);
  }

  /** What B A x is multiplied by. */
  double scaling(Strength strength) {
    return strength.alpha() / (rankStabilised ? Math.sqrt(strength.rank()) : strength.rank());
  }

  /** True when a setting is as if it were not there. */
  static boolean unset(JsonNode value) {
    return value.isMissingNode() || value.isNull() || (value.isBoolean() && !value.asBoolean())
        || (value.isContainerNode() && value.isEmpty());
  }

  static void require(boolean holds, Path file, String message) throws ModelFormatException {
    if (!holds) throw new ModelFormatException(file + ": " + message);
  }

  /** The first key of a pattern that fits, as PEFT's {@code get_pattern_key} finds it. */
  private static Optional<String> key(JsonNode patterns, PeftAdapter.Place place, Path file)
      throws ModelFormatException {
    for (Map.Entry<String, JsonNode> pattern : patterns.properties()) {
      Pattern compiled = PeftTargets.compile("(.*\\.)?(" + pattern.getKey() + ")", file);
      if (compiled.matcher(place.projection().path(place.layer())).matches()) return Optional.of(pattern.getKey());
    }
    return Optional.empty();
  }

  private static int rank(JsonNode value, String name, Path file) throws ModelFormatException {
    require(value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 1, file,
        name + " must be at least 1, is " + value);
    return value.intValue();
  }

  private static double alpha(JsonNode value, String name, Path file) throws ModelFormatException {
    require(value.isNumber() && value.doubleValue() > 0 && Double.isFinite(value.doubleValue()), file,
        name + " must be above 0, is " + value);
    return value.doubleValue();
  }

  private static Optional<Integer> idk(JsonNode indices, Path file) throws ModelFormatException {
    if (unset(indices)) return Optional.empty();
    JsonNode list = indices.isArray() ? indices : indices.path("embed_tokens");
    boolean sameOutput = !indices.has("lm_head") || indices.get("lm_head").equals(list);
    require(list.size() == 1 && list.get(0).canConvertToInt() && sameOutput
            && (indices.isArray() || indices.size() == (indices.has("lm_head") ? 2 : 1)), file,
        "trainable_token_indices must name one token of embed_tokens, and of lm_head the same, is " + indices);
    return Optional.of(list.get(0).intValue());
  }
}
