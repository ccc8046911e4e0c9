package dev.nescio.producers;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Fields of one line; whatever is not as it should be ends in a {@link BadFieldException} with the fix. */
record Fields(JsonNode node) {

  boolean has(String name) {
    return !node.path(name).isMissingNode() && !node.path(name).isNull();
  }

  String text(String name, String example) {
    return optionalText(name).orElseThrow(() ->
        new BadFieldException(name, "is missing", "add \"" + name + "\": \"" + example + "\""));
  }

  Optional<String> optionalText(String name) {
    JsonNode value = typed(name, JsonNode::isTextual, "a text in quotes");
    if (value != null && value.textValue().isBlank()) {
      throw new BadFieldException(name, "is empty", "give it a text, or leave the field out");
    }
    return Optional.ofNullable(value).map(JsonNode::textValue);
  }

  /** A text that may be empty, but must be there. */
  String anyText(String name, String example) {
    JsonNode value = typed(name, JsonNode::isTextual, "a text in quotes");
    return value == null ? text(name, example) : value.textValue();
  }

  List<String> texts(String name) {
    JsonNode value = typed(name, JsonNode::isArray, "a list of texts, as [\"a\", \"b\"]");
    List<String> texts = new ArrayList<>();
    if (value != null) {
      for (JsonNode item : value) {
        if (!item.isTextual() || item.textValue().isBlank()) {
          throw new BadFieldException(name, "has an item that is not a text: " + shown(item), "put it in quotes");
        }
        texts.add(item.textValue());
      }
    }
    return texts;
  }

  Optional<Boolean> bool(String name) {
    return Optional.ofNullable(typed(name, JsonNode::isBoolean, "true or false, without quotes"))
        .map(JsonNode::booleanValue);
  }

  Optional<Long> integer(String name) {
    return Optional.ofNullable(typed(name, n -> n.isIntegralNumber() && n.canConvertToLong(), "a whole number"))
        .map(JsonNode::longValue);
  }

  Optional<Double> probability(String name) {
    return Optional.ofNullable(typed(name, n -> n.isNumber() && n.doubleValue() >= 0 && n.doubleValue() <= 1,
        "a number from 0 to 1")).map(JsonNode::doubleValue);
  }

  /** Seconds or another unit, 0 or above. */
  Optional<Double> duration(String name) {
    return Optional.ofNullable(typed(name, n -> n.isNumber() && n.doubleValue() >= 0
        && Double.isFinite(n.doubleValue()), "a number of 0 or above")).map(JsonNode::doubleValue);
  }

  /** An object of numbers by name; empty when it is not there. */
  Map<String, Double> numbers(String name) {
    JsonNode value = typed(name, JsonNode::isObject, "an object of numbers, as {\"a\": -1.5}");
    Map<String, Double> numbers = new LinkedHashMap<>();
    if (value == null) return numbers;
    value.properties().forEach(field -> {
      if (!field.getValue().isNumber() || !Double.isFinite(field.getValue().doubleValue())) {
        throw new BadFieldException(name, "has \"" + field.getKey() + "\" that is " + shown(field.getValue()),
            "give it a number, or leave it out");
      }
      numbers.put(field.getKey(), field.getValue().doubleValue());
    });
    return numbers;
  }

  Optional<Instant> instant(String name) {
    return optionalText(name).map(text -> {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw new BadFieldException(name, "is not a time: " + text, "write it as 2026-01-31T12:00:00Z");
      }
    });
  }

  <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
    List<String> names = Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
    return optionalText(name).map(text -> {
      if (!names.contains(text)) {
        throw new BadFieldException(name, "is \"" + text + "\"", "write one of " + String.join(", ", names));
      }
      return Enum.valueOf(type, text);
    });
  }

  /** Every field that is not named, as text; lists and objects are refused. */
  Map<String, String> others(Set<String> named) {
    Map<String, String> others = new LinkedHashMap<>();
    node.properties().forEach(field -> {
      if (!named.contains(field.getKey()) && !field.getValue().isNull()) {
        if (field.getValue().isContainerNode()) {
          throw new BadFieldException(field.getKey(), "is a list or an object",
              "give it a text or a number, or leave it out");
        }
        others.put(field.getKey(), field.getValue().asText());
      }
    });
    return others;
  }

  /** Refuses every field that is not named. */
  void only(Set<String> named) {
    node.fieldNames().forEachRemaining(name -> {
      if (!named.contains(name)) {
        throw new BadFieldException(name, "is not known", "use only " + String.join(", ", named.stream().sorted()
            .toList()));
      }
    });
  }

  private JsonNode typed(String name, Predicate<JsonNode> right, String wanted) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = node.path(name);
    if (!right.test(value)) {
      throw new BadFieldException(name, "is " + shown(value), "it has to be " + wanted);
    }
    return value;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 59) + '…';
  }
}
