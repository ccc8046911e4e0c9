package dev.nescio.model.llama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code config.json} of each family, with the defaults of its class in transformers. What would be computed wrongly is
 * refused by name, as an {@link IllegalArgumentException}.
 */
final class ConfigJson {

  private static final double THETA = 10_000;
  private static final double EPS = 1e-6;
  private static final int MOST_LAYERS = 10_000;
  private static final Set<Projection> ATTENTION = EnumSet.of(Projection.Q, Projection.K, Projection.V, Projection.O);
  private static final Set<Projection> QUERY_KEY_VALUE = EnumSet.of(Projection.Q, Projection.K, Projection.V);
  private static final Set<Projection> FEED_FORWARD =
      EnumSet.of(Projection.GATE, Projection.UP, Projection.DOWN);

  private ConfigJson() {}

  static LlamaConfig parse(JsonNode json) {
    String type = json.path("model_type").asText("");
    Family family = Family.ofModelType(type).orElseThrow(() -> new IllegalArgumentException(
        "model_type is '" + type + "'; supported are " + Family.modelTypes()));
    refuseOthers(json);
    int heads = integer(json, "num_attention_heads");
    int hidden = integer(json, "hidden_size");
    int layers = integer(json, "num_hidden_layers");
    require(layers <= MOST_LAYERS, "num_hidden_layers is impossibly large: " + layers);
    return new LlamaConfig(
        family,
        integer(json, "vocab_size"),
        hidden,
        integer(json, "intermediate_size"),
        layers,
        heads,
        kvHeads(json, family, heads),
        integerOr(json, "head_dim", heads > 0 ? hidden / heads : 0),
        numberOr(json, "rms_norm_eps", EPS),
        numberOr(json.path("rope_parameters"), "rope_theta", numberOr(json, "rope_theta", THETA)),
        RopeJson.parse(json),
        integer(json, "max_position_embeddings"),
        WindowJson.parse(json, family, layers),
        flag(json, "tie_word_embeddings"),
        biases(json, family),
        json.path("bos_token_id").isInt() ? Optional.of(json.get("bos_token_id").intValue()) : Optional.empty(),
        endTokens(json.path("eos_token_id")));
  }

  static ObjectNode write(LlamaConfig config) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.putArray("architectures").add(config.family().architecture());
    json.put("model_type", config.family().modelType()).put("hidden_act", "silu");
    if (config.family() == Family.LLAMA) {
      json.put("attention_bias", config.biases().containsAll(ATTENTION));
      json.put("mlp_bias", config.biases().containsAll(FEED_FORWARD));
    }
    json.put("attention_dropout", 0.0);
    json.put("vocab_size", config.vocabSize()).put("hidden_size", config.hiddenSize());
    json.put("intermediate_size", config.intermediateSize()).put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", config.heads()).put("num_key_value_heads", config.kvHeads());
    json.put("head_dim", config.headDim()).put("rms_norm_eps", config.rmsNormEps());
    json.put("rope_theta", config.ropeTheta());
    RopeJson.write(config.ropeScaling()).ifPresent(scaling -> json.set("rope_scaling", scaling));
    json.put("max_position_embeddings", config.contextTokens());
    json.put("tie_word_embeddings", config.tiedEmbeddings());
    WindowJson.write(config, json);
    config.bosTokenId().ifPresent(id -> json.put("bos_token_id", id));
    if (config.endTokenIds().size() == 1) {
      json.put("eos_token_id", config.endTokenId());
    } else {
      ArrayNode ends = json.putArray("eos_token_id");
      config.endTokenIds().forEach(ends::add);
    }
    json.put("torch_dtype", "float32");
    return json;
  }

  private static void refuseOthers(JsonNode json) {
    String activation = json.path("hidden_act").asText("silu");
    require(activation.equals("silu"), "hidden_act is '" + activation + "'; only silu is supported");
    require(json.path("quantization_config").isMissingNode() || json.get("quantization_config").isNull(),
        "quantization_config is not supported; use the unquantised model or its GGUF");
    for (JsonNode place : List.of(json, json.path("rope_parameters"))) {
      double part = numberOr(place, "partial_rotary_factor", 1);
      require(part == 1, "partial_rotary_factor is " + part + "; only 1 is supported");
    }
  }

  /** Llama says which projections have a bias; of the others the class is built so. */
  private static Set<Projection> biases(JsonNode json, Family family) {
    Set<Projection> biases = EnumSet.noneOf(Projection.class);
    switch (family) {
      case LLAMA -> {
        if (flag(json, "attention_bias")) biases.addAll(ATTENTION);
        if (flag(json, "mlp_bias")) biases.addAll(FEED_FORWARD);
      }
      case QWEN2 -> biases.addAll(QUERY_KEY_VALUE);
      case MISTRAL -> require(!flag(json, "attention_bias"), "attention_bias is set, but a mistral has none");
    }
    return biases;
  }

  private static int kvHeads(JsonNode json, Family family, int heads) {
    if (family == Family.LLAMA || json.path("num_key_value_heads").isNull()) {
      return integerOr(json, "num_key_value_heads", heads);
    }
    return integer(json, "num_key_value_heads");
  }

  /**
   * Adds the end tokens of {@code generation_config.json}, where chat models have some that {@code config.json} lacks.
   *
   * @throws ModelFormatException if they are no tokens of the model
   */
  static void addEndTokens(ObjectNode config, JsonNode generation, String origin) throws ModelFormatException {
    try {
      Set<Integer> ends = new LinkedHashSet<>(endTokens(config.path("eos_token_id")));
      int vocab = config.path("vocab_size").asInt(Integer.MAX_VALUE);
      for (int id : endTokens(generation.path("eos_token_id"))) {
        require(id >= 0 && id < vocab, "eos_token_id " + id + " is outside the vocabulary of " + vocab);
        ends.add(id);
      }
      if (ends.isEmpty()) return;
      ArrayNode all = config.putArray("eos_token_id");
      ends.forEach(all::add);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(origin + ": " + e.getMessage(), e);
    }
  }

  private static List<Integer> endTokens(JsonNode node) {
    List<Integer> ids = new ArrayList<>();
    if (node.isInt()) ids.add(node.intValue());
    for (JsonNode id : node) {
      require(id.isInt(), "eos_token_id holds " + id + ", which is no integer");
      ids.add(id.intValue());
    }
    return ids;
  }

  private static int integer(JsonNode json, String key) {
    JsonNode node = json.path(key);
    require(node.isInt(), key + (node.isMissingNode() ? " is missing" : " is no integer: " + node));
    return node.intValue();
  }

  static int integerOr(JsonNode json, String key, int otherwise) {
    return json.path(key).isMissingNode() || json.get(key).isNull() ? otherwise : integer(json, key);
  }

  static double numberOr(JsonNode json, String key, double otherwise) {
    JsonNode node = json.path(key);
    if (node.isMissingNode() || node.isNull()) return otherwise;
    require(node.isNumber(), key + " is no number: " + node);
    return node.doubleValue();
  }

  static boolean flag(JsonNode json, String key) {
    JsonNode node = json.path(key);
    if (node.isMissingNode() || node.isNull()) return false;
    require(node.isBoolean(), key + " is neither true nor false: " + node);
    return node.booleanValue();
  }

  static void require(boolean holds, String message) {
    if (!holds) throw new IllegalArgumentException(message);
  }
}
