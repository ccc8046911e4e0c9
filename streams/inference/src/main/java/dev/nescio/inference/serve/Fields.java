package dev.nescio.inference.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The fields of a request, read with their types and ranges; null counts as absent, as OpenAI has it.
 *
 * <p>Every refusal names the field.
 */
final class Fields {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final JsonNode body;

  private Fields(JsonNode body) {
    this.body = body;
  }

  /** @throws ApiException 400 when it is no JSON object */
  static Fields parse(String text) {
    try {
      JsonNode body = JSON.readTree(text);
      if (!body.isObject()) throw ApiException.invalid(null, "the body of the request must be a JSON object");
      return new Fields(body);
    } catch (JsonProcessingException e) {
      throw ApiException.invalid(null, "the body of the request is no JSON: " + e.getOriginalMessage());
    }
  }

  /** @throws ApiException 400 naming a field that is not among the known ones */
  void requireKnown(Set<String> known) {
    body.fieldNames().forEachRemaining(name -> {
      if (!known.contains(name)) {
        throw ApiException.invalid(name, "unknown_parameter", "Unrecognized request argument supplied: " + name);
      }
    });
  }

  /** @throws ApiException 400 when the field asks for something; {@code instead} says what to do */
  void refuse(String name, String instead) {
    JsonNode node = get(name);
    boolean neutral =
        node.isMissingNode() || node.isNumber() && node.doubleValue() == 0 || node.isContainerNode() && node.isEmpty()
            || node.isBoolean() && !node.booleanValue() || node.isTextual() && node.asText().equals("none");
    if (!neutral) throw ApiException.invalid(name, "unsupported_parameter", name + " is not supported; " + instead);
  }

  JsonNode get(String name) {
    JsonNode node = body.path(name);
    return node.isNull() ? MissingNode.getInstance() : node;
  }

  boolean has(String name) {
    return !get(name).isMissingNode();
  }

  String text(String name) {
    JsonNode node = get(name);
    if (node.isMissingNode()) throw ApiException.invalid(name, "you must provide the parameter " + name);
    if (!node.isTextual()) throw mustBe(name, "a string", node);
    return node.asText();
  }

  boolean flag(String name) {
    JsonNode node = get(name);
    if (!node.isMissingNode() && !node.isBoolean()) throw mustBe(name, "true or false", node);
    return node.booleanValue();
  }

  OptionalInt integer(String name, int least, int most) {
    JsonNode node = get(name);
    if (node.isMissingNode()) return OptionalInt.empty();
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
      throw mustBe(name, "a whole number from " + least + " to " + most, node);
    }
    return OptionalInt.of(node.intValue());
  }

  OptionalLong seed() {
    JsonNode node = get("seed");
    if (node.isMissingNode()) return OptionalLong.empty();
    if (!node.isIntegralNumber() || !node.canConvertToLong()) throw mustBe("seed", "a whole number of 64 bits", node);
    return OptionalLong.of(node.longValue());
  }

  double number(String name, double otherwise, double least, double most) {
    JsonNode node = get(name);
    if (node.isMissingNode()) return otherwise;
    if (!node.isNumber() || !(node.doubleValue() >= least && node.doubleValue() <= most)) {
      throw mustBe(name, "a number from " + least + " to " + most, node);
    }
    return node.doubleValue();
  }

  /** A string or a list of them. */
  List<String> texts(String name, int most) {
    JsonNode node = get(name);
    if (node.isMissingNode()) return List.of();
    List<String> texts = new ArrayList<>();
    for (JsonNode text : node.isArray() ? node : List.of(node)) {
      if (!text.isTextual() || text.asText().isEmpty()) {
        throw mustBe(name, "a text or a list of texts, none empty", node);
      }
      texts.add(text.asText());
    }
    if (texts.size() > most) throw mustBe(name, "at most " + most + " texts", node);
    return texts;
  }

  /** A part of the request that is an object itself. */
  Optional<Fields> object(String name) {
    JsonNode node = get(name);
    if (node.isMissingNode()) return Optional.empty();
    if (!node.isObject()) throw mustBe(name, "an object", node);
    return Optional.of(new Fields(node));
  }

  static ApiException mustBe(String name, String rule, JsonNode found) {
    String shown = found.toString();
    return ApiException.invalid(
        name, name + " must be " + rule + ", not " + (shown.length() > 80 ? shown.substring(0, 80) + "..." : shown));
  }
}
