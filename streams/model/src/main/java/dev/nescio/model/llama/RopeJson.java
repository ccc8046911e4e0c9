package dev.nescio.model.llama;

import static dev.nescio.model.llama.ConfigJson.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.Json;
import java.util.Optional;

/** Scaling of the rotary embedding in {@code config.json}: {@code rope_parameters}, or {@code rope_scaling} of old. */
final class RopeJson {

  private RopeJson() {}

  static RopeScaling parse(JsonNode config) {
    RopeScaling newer = scaling(config.path("rope_parameters"));
    RopeScaling older = scaling(config.path("rope_scaling"));
    RopeScaling none = new RopeScaling.None();
    require(newer.equals(none) || older.equals(none) || newer.equals(older),
        "rope_parameters and rope_scaling contradict each other: " + newer + ", " + older);
    return newer.equals(none) ? older : newer;
  }

  /** The object for {@code rope_scaling}; empty when nothing is scaled. */
  static Optional<ObjectNode> write(RopeScaling scaling) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    return switch (scaling) {
      case RopeScaling.None none -> Optional.empty();
      case RopeScaling.Linear linear -> Optional.of(json.put("rope_type", "linear").put("factor", linear.factor()));
      case RopeScaling.Llama3 llama3 -> Optional.of(json.put("rope_type", "llama3").put("factor", llama3.factor())
          .put("low_freq_factor", llama3.lowFreqFactor()).put("high_freq_factor", llama3.highFreqFactor())
          .put("original_max_position_embeddings", llama3.originalContext()));
    };
  }

  private static RopeScaling scaling(JsonNode json) {
    String type = json.path("rope_type").asText(json.path("type").asText("default"));
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(number(json, "factor"));
      case "llama3" -> new RopeScaling.Llama3(
          number(json, "factor"), number(json, "low_freq_factor"), number(json, "high_freq_factor"),
          (int) number(json, "original_max_position_embeddings"));
      default -> throw new IllegalArgumentException(
          "rope_type is '" + type + "'; default, linear and llama3 are supported");
    };
  }

  private static double number(JsonNode json, String key) {
    require(json.path(key).isNumber(), "rope scaling lacks " + key);
    return json.get(key).doubleValue();
  }
}
