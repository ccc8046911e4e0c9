package dev.nescio.model.peft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which linear layers an adapter changes, in the words of {@code adapter_config.json}. */
final class PeftTargets {

  private static final String ALL_LINEAR = "all-linear";

  /** Modules with weights that can have no adapter here, however they are named. */
  private static final List<String> OTHERS = List.of("lm_head", "model.embed_tokens", "model.norm");

  private PeftTargets() {}

  /**
   * By PEFT's rules ({@code check_target_module_exists}): a string is a pattern for whole names or {@code all-linear};
   * an item of a list is a name or the end of one, and {@code layers_to_transform} chooses among their layers.
   *
   * @throws ModelFormatException naming what fits no linear layer of the base, or something else than one
   */
  static SortedSet<Place> read(JsonNode json, Path file, LlamaConfig config) throws ModelFormatException {
    JsonNode modules = json.path("target_modules");
    PeftConfig.require(modules.isArray() || modules.isTextual(), file,
        "target_modules must be a list of module names, a pattern or all-linear, is " + modules);
    JsonNode layers = json.path("layers_to_transform");
    PeftConfig.require(modules.isArray() || PeftConfig.unset(layers), file,
        "layers_to_transform needs target_modules to be a list");
    Predicate<String> target = modules.isArray() ? endings(modules, file, config) : pattern(modules.asText(), file);
    JsonNode exclude = json.path("exclude_modules");
    Predicate<String> excluded = PeftConfig.unset(exclude) ? name -> false
        : exclude.isArray() ? names(exclude) : compile(exclude.asText(), file).asMatchPredicate();
    Optional<Set<Integer>> chosen = layers(layers, json.path("layers_pattern"), file, config);
    SortedSet<Place> places = new TreeSet<>();
    for (Place place : all(config)) {
      String name = name(place);
      boolean inLayers = chosen.isEmpty() || chosen.get().contains(place.layer());
      if (inLayers && target.test(name) && !excluded.test(name)) places.add(place);
    }
    PeftConfig.require(!places.isEmpty() || modules.isEmpty() && modules.isArray(), file,
        "target_modules " + modules + " fits no linear layer of a Llama of " + config.layers() + " layers");
    return places;
  }

  /** Says the same of places as shortly as PEFT's own files do. */
  static void write(ObjectNode json, Set<Place> places, LlamaConfig config) {
    Set<Projection> projections = new TreeSet<>();
    Set<Integer> layers = new TreeSet<>();
    for (Place place : places) {
      projections.add(place.projection());
      layers.add(place.layer());
    }
    ArrayNode modules = json.putArray("target_modules");
    if (places.size() < projections.size() * layers.size()) {
      places.forEach(place -> modules.add(name(place)));
      json.putNull("layers_to_transform");
      return;
    }
    projections.forEach(projection -> modules.add(projection.module()));
    if (layers.isEmpty() || layers.size() == config.layers()) {
      json.putNull("layers_to_transform");
    } else {
      ArrayNode chosen = json.putArray("layers_to_transform");
      layers.forEach(layer -> chosen.add(layer));
    }
  }

  static Pattern compile(String pattern, Path file) throws ModelFormatException {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw new ModelFormatException(file + ": '" + pattern + "' is no pattern: " + e.getDescription(), e);
    }
  }

  private static Predicate<String> pattern(String text, Path file) throws ModelFormatException {
    if (text.equalsIgnoreCase(ALL_LINEAR)) return name -> true;
    Predicate<String> pattern = compile(text, file).asMatchPredicate();
    for (String other : OTHERS) {
      PeftConfig.require(!pattern.test(other), file,
          "target_modules '" + text + "' fits " + other + ", which is no linear layer that can have an adapter");
    }
    return pattern;
  }

  private static Predicate<String> endings(JsonNode list, Path file, LlamaConfig config) throws ModelFormatException {
    for (JsonNode item : list) {
      PeftConfig.require(all(config).stream().anyMatch(place -> fits(item, name(place))), file,
          "target module '" + item.asText() + "' is no linear layer of a Llama of " + config.layers() + " layers");
    }
    return names(list);
  }

  private static Predicate<String> names(JsonNode list) {
    return name -> {
      for (JsonNode item : list) if (fits(item, name)) return true;
      return false;
    };
  }

  private static boolean fits(JsonNode item, String name) {
    return name.equals(item.asText()) || name.endsWith("." + item.asText());
  }

  private static Optional<Set<Integer>> layers(JsonNode layers, JsonNode pattern, Path file, LlamaConfig config)
      throws ModelFormatException {
    if (PeftConfig.unset(layers)) return Optional.empty();
    JsonNode container = pattern.isArray() && pattern.size() == 1 ? pattern.get(0) : pattern;
    PeftConfig.require(PeftConfig.unset(pattern) || container.asText().isEmpty() || container.asText().equals("layers"),
        file, "layers_pattern must be layers, is " + pattern);
    Set<Integer> chosen = new TreeSet<>();
    for (JsonNode layer : layers.isArray() ? layers : List.of(layers)) {
      PeftConfig.require(layer.canConvertToInt() && layer.intValue() >= 0 && layer.intValue() < config.layers(), file,
          "layers_to_transform names layer " + layer + ", the base has " + config.layers() + " from 0");
      chosen.add(layer.intValue());
    }
    return Optional.of(chosen);
  }

  private static List<Place> all(LlamaConfig config) {
    List<Place> all = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) all.add(new Place(layer, projection));
    }
    return all;
  }

  private static String name(Place place) {
    return place.projection().path(place.layer());
  }
}
