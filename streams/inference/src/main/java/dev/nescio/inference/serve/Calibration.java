package dev.nescio.inference.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.confidence.CalibrationMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A fitted map from a raw score to a confidence, and a limit of p_idk, as a file:
 * {@code {"version", "modelDigest", "estimator", "method", "parameters": {...}, "tau": ...}}, the fields of the record
 * of the same names on {@code qa.calibrators.v1}.
 *
 * @param version     stands on every choice it was applied to
 * @param modelDigest applies to exactly this model
 * @param estimator   whose score goes in
 * @param tau         a choice whose p_idk is above it is decided {@code IDK}; empty for none
 */
public record Calibration(
    String version, String modelDigest, String estimator, CalibrationMap map, OptionalDouble tau) {

  private static final Set<String> KEYS =
      Set.of("version", "modelDigest", "estimator", "method", "parameters", "tau");

  /**
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException naming file and field, if it is no calibration
   */
  public static Calibration read(Path file) throws IOException {
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (!json.isObject()) throw new IllegalArgumentException("it is no JSON object");
      for (Map.Entry<String, JsonNode> field : json.properties()) {
        if (!KEYS.contains(field.getKey())) throw new IllegalArgumentException("unknown field " + field.getKey());
      }
      Map<String, Double> parameters = new HashMap<>();
      json.path("parameters").properties().forEach(p -> parameters.put(p.getKey(), number(p.getValue(), p.getKey())));
      return new Calibration(
          text(json, "version"), text(json, "modelDigest"), text(json, "estimator"),
          CalibrationMap.of(text(json, "method"), parameters),
          json.hasNonNull("tau") ? OptionalDouble.of(number(json.get("tau"), "tau")) : OptionalDouble.empty());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " is no calibration: " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode json, String name) {
    JsonNode node = json.path(name);
    if (!node.isTextual() || node.asText().isBlank()) throw new IllegalArgumentException(name + " is missing");
    return node.asText();
  }

  private static double number(JsonNode node, String name) {
    if (!node.isNumber()) throw new IllegalArgumentException(name + " must be a number, is " + node);
    return node.doubleValue();
  }
}
