package dev.nescio.model.llama;

import static dev.nescio.model.llama.ConfigJson.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The sliding window in {@code config.json}: {@code sliding_window} with {@code layer_types} or, of old and in Qwen2,
 * {@code use_sliding_window} and {@code max_window_layers}, with the defaults of the classes in transformers.
 */
final class WindowJson {

  private static final String SLIDING = "sliding_attention";
  private static final String FULL = "full_attention";
  private static final int DEFAULT_WINDOW = 4096;
  private static final int QWEN2_FULL_LAYERS = 28;

  private WindowJson() {}

  static Optional<SlidingWindow> parse(JsonNode json, Family family, int layers) {
    boolean has = switch (family) {
      case LLAMA -> false;
      case QWEN2 -> ConfigJson.flag(json, "use_sliding_window");
      case MISTRAL -> true;
    };
    Optional<Integer> tokens = has && !json.path("sliding_window").isNull()
        ? Optional.of(ConfigJson.integerOr(json, "sliding_window", DEFAULT_WINDOW)) : Optional.empty();
    tokens.ifPresent(window -> require(window >= 1, "sliding_window must be at least 1, is " + window));
    int full = family == Family.QWEN2 ? ConfigJson.integerOr(json, "max_window_layers", QWEN2_FULL_LAYERS) : 0;
    require(full >= 0, "max_window_layers must be at least 0, is " + full);
    JsonNode types = json.path("layer_types");
    if (!types.isMissingNode() && !types.isNull()) return listed(types, tokens, layers);
    return tokens.filter(window -> full < layers).map(window -> SlidingWindow.ofLayers(window, full, layers));
  }

  private static Optional<SlidingWindow> listed(JsonNode types, Optional<Integer> tokens, int layers) {
    require(types.isArray() && types.size() == layers, "layer_types must be a list of " + layers
        + " entries, one for each of num_hidden_layers, " + (types.isArray() ? "has " + types.size() : "is " + types));
    SortedSet<Integer> sliding = new TreeSet<>();
    for (int layer = 0; layer < layers; layer++) {
      String type = types.get(layer).asText();
      require(type.equals(SLIDING) || type.equals(FULL), "layer_types has '" + type + "' for layer " + layer + "; only "
          + FULL + " and " + SLIDING + " are supported");
      if (type.equals(SLIDING)) sliding.add(layer);
    }
    if (sliding.isEmpty()) return Optional.empty();
    int window = tokens.orElseThrow(() -> new IllegalArgumentException("layer_types has " + SLIDING + " for layer "
        + sliding.first() + ", but the model has no sliding_window"));
    return Optional.of(new SlidingWindow(window, sliding));
  }

  /** Nothing for a Llama; of a Mistral the layers only where they differ, since transformers computes another class then. */
  static void write(LlamaConfig config, ObjectNode json) {
    if (config.family() == Family.LLAMA) return;
    Optional<SlidingWindow> window = config.slidingWindow();
    window.ifPresentOrElse(w -> json.put("sliding_window", w.tokens()), () -> json.putNull("sliding_window"));
    int full = window.map(w -> w.layers().first()).orElse(config.layers());
    if (config.family() == Family.QWEN2) {
      json.put("use_sliding_window", window.isPresent()).put("max_window_layers", full);
    }
    boolean uniform = window.map(w -> w.layers().size() == config.layers()).orElse(true);
    if (uniform) return;
    ArrayNode types = json.putArray("layer_types");
    for (int layer = 0; layer < config.layers(); layer++) {
      types.add(window.get().layers().contains(layer) ? SLIDING : FULL);
    }
  }
}
