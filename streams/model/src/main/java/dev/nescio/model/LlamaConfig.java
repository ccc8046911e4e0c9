package dev.nescio.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Shape of a Llama, as in {@code config.json}.
 *
 * @param vocabSize        rows of the embedding, {@code V}
 * @param hiddenSize       width of the residual stream, {@code H}
 * @param intermediateSize width of the gated feed-forward, {@code F}
 * @param layers           number of decoder layers
 * @param heads            query heads
 * @param kvHeads          key-value heads; divides {@code heads}
 * @param headDim          width of a head, even
 * @param rmsNormEps       added to the mean square
 * @param ropeTheta        base of the rotary frequencies
 * @param contextTokens    longest sequence
 * @param tiedEmbeddings   the output matrix is the embedding
 * @param bosTokenId       beginning-of-text token, if any
 * @param endTokenIds      tokens that end a text, at least one; the first is the one to train on
 */
public record LlamaConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    double rmsNormEps,
    double ropeTheta,
    int contextTokens,
    boolean tiedEmbeddings,
    Optional<Integer> bosTokenId,
    List<Integer> endTokenIds) {

  public LlamaConfig {
    atLeastOne("vocab_size", vocabSize);
    atLeastOne("hidden_size", hiddenSize);
    atLeastOne("intermediate_size", intermediateSize);
    atLeastOne("num_hidden_layers", layers);
    atLeastOne("num_attention_heads", heads);
    atLeastOne("num_key_value_heads", kvHeads);
    atLeastOne("head_dim", headDim);
    atLeastOne("max_position_embeddings", contextTokens);
    require(heads % kvHeads == 0, "num_attention_heads " + heads + " is no multiple of num_key_value_heads " + kvHeads);
    require(headDim % 2 == 0, "head_dim must be even, is " + headDim);
    require(rmsNormEps > 0 && rmsNormEps < 1, "rms_norm_eps must be in (0, 1), is " + rmsNormEps);
    require(ropeTheta > 1 && !Double.isInfinite(ropeTheta), "rope_theta must be above 1, is " + ropeTheta);
    endTokenIds = List.copyOf(endTokenIds);
    require(!endTokenIds.isEmpty(), "eos_token_id is missing: generation could not end");
    for (int id : endTokenIds) require(id >= 0 && id < vocabSize, "eos_token_id " + id + " is outside the vocabulary");
  }

  /**
   * Reads {@code config.json} of a directory, in the newer ({@code rope_parameters}) or older ({@code rope_theta})
   * form.
   */
  public static LlamaConfig read(Path directory) throws IOException {
    Path file = directory.resolve("config.json");
    return parse(Json.read(file), file.toString());
  }

  static LlamaConfig parse(JsonNode json, String origin) throws ModelFormatException {
    try {
      refuseOthers(json);
      int heads = integer(json, "num_attention_heads");
      int hidden = integer(json, "hidden_size");
      return new LlamaConfig(
          integer(json, "vocab_size"),
          hidden,
          integer(json, "intermediate_size"),
          integer(json, "num_hidden_layers"),
          heads,
          json.path("num_key_value_heads").asInt(heads),
          json.path("head_dim").asInt(heads > 0 ? hidden / heads : 0),
          json.path("rms_norm_eps").asDouble(1e-6),
          ropeTheta(json),
          integer(json, "max_position_embeddings"),
          json.path("tie_word_embeddings").asBoolean(false),
          json.path("bos_token_id").isInt() ? Optional.of(json.get("bos_token_id").intValue()) : Optional.empty(),
          endTokens(json.path("eos_token_id")));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(origin + ": " + e.getMessage(), e);
    }
  }

  /** Query heads that share a key-value head. */
  public int groups() {
    return heads / kvHeads;
  }

  /** Token to train on as the end of a target. */
  public int endTokenId() {
    return endTokenIds.getFirst();
  }

  /** Bytes of keys and values of one token over all layers, float32. */
  public long cacheBytesPerToken() {
    return 2L * Float.BYTES * layers * kvHeads * headDim;
  }

  /** The same model with another number of embedding rows. */
  public LlamaConfig withVocabSize(int rows) {
    return new LlamaConfig(rows, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps,
        ropeTheta, contextTokens, tiedEmbeddings, bosTokenId, endTokenIds);
  }

  /** {@code config.json} that nescio and transformers read. */
  public ObjectNode toJson() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("model_type", "llama").put("hidden_act", "silu");
    json.put("attention_bias", false).put("mlp_bias", false).put("attention_dropout", 0.0);
    json.put("vocab_size", vocabSize).put("hidden_size", hiddenSize).put("intermediate_size", intermediateSize);
    json.put("num_hidden_layers", layers).put("num_attention_heads", heads).put("num_key_value_heads", kvHeads);
    json.put("head_dim", headDim).put("rms_norm_eps", rmsNormEps).put("rope_theta", ropeTheta);
    json.put("max_position_embeddings", contextTokens).put("tie_word_embeddings", tiedEmbeddings);
    bosTokenId.ifPresent(id -> json.put("bos_token_id", id));
    if (endTokenIds.size() == 1) {
      json.put("eos_token_id", endTokenId());
    } else {
      ArrayNode ends = json.putArray("eos_token_id");
      endTokenIds.forEach(ends::add);
    }
    json.put("torch_dtype", "float32");
    return json;
  }

  /** What would silently compute something else is refused by name. */
  private static void refuseOthers(JsonNode json) {
    String type = json.path("model_type").asText("");
    require(type.equals("llama"), "model_type is '" + type + "'; only llama is supported");
    String activation = json.path("hidden_act").asText("silu");
    require(activation.equals("silu"), "hidden_act is '" + activation + "'; only silu is supported");
    require(!json.path("attention_bias").asBoolean(false), "attention_bias is not supported");
    require(!json.path("mlp_bias").asBoolean(false), "mlp_bias is not supported");
    require(json.path("quantization_config").isMissingNode(),
        "quantization_config is not supported; use the unquantised model or its GGUF");
  }

  private static double ropeTheta(JsonNode json) {
    JsonNode parameters = json.path("rope_parameters");
    for (JsonNode scaling : List.of(parameters, json.path("rope_scaling"))) {
      String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
      require(type.equals("default"), "rope_type is '" + type + "'; only default is supported");
    }
    double old = json.path("rope_theta").asDouble(10_000);
    return parameters.path("rope_theta").asDouble(old);
  }

  private static List<Integer> endTokens(JsonNode node) {
    List<Integer> ids = new ArrayList<>();
    if (node.isInt()) ids.add(node.intValue());
    node.elements().forEachRemaining(id -> ids.add(id.intValue()));
    return ids;
  }

  private static int integer(JsonNode json, String key) {
    JsonNode node = json.path(key);
    require(node.isInt(), key + (node.isMissingNode() ? " is missing" : " is no integer: " + node));
    return node.intValue();
  }

  private static void atLeastOne(String key, int value) {
    require(value >= 1, key + " must be at least 1, is " + value);
  }

  private static void require(boolean holds, String message) {
    if (!holds) throw new IllegalArgumentException(message);
  }
}
