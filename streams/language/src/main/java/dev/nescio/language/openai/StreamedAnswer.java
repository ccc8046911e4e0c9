package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts the chunks of a stream together to the answer that the server would have given in one piece. An answer that came
 * in one piece is one chunk.
 */
final class StreamedAnswer {

  private final Map<Integer, ObjectNode> choices = new TreeMap<>();
  private JsonNode usage = JsonNodeFactory.instance.objectNode();

  /**
   * Takes a chunk in.
   *
   * @return numbers of the choices that have grown
   */
  int[] add(JsonNode chunk) {
    if (chunk.path("usage").isObject()) usage = chunk.get("usage");
    int[] grown = new int[chunk.path("choices").size()];
    for (int i = 0; i < grown.length; i++) {
      JsonNode choice = chunk.path("choices").get(i);
      if (!choice.path("index").isInt()) throw new ProtocolViolationException("a choice without an index");
      grown[i] = choice.path("index").intValue();
      add(choices.computeIfAbsent(grown[i], StreamedAnswer::begun), choice);
    }
    return grown;
  }

  /** A choice as far as it is known. */
  ObjectNode choice(int index) {
    return choices.get(index);
  }

  /**
   * The whole answer.
   *
   * @throws ProtocolViolationException if a choice has not ended
   */
  ObjectNode whole() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("choices");
    choices.forEach((index, choice) -> {
      if (!choice.path("finish_reason").isTextual()) {
        throw new ProtocolViolationException("the stream ended before choice " + index + " did");
      }
      list.add(choice);
    });
    answer.set("usage", usage);
    return answer;
  }

  /** True if the server told how long the prompt is. */
  boolean tellsUsage() {
    return usage.path("prompt_tokens").isInt();
  }

  private static ObjectNode begun(int index) {
    return JsonNodeFactory.instance.objectNode().put("index", index).put("text", "");
  }

  private static void add(ObjectNode all, JsonNode more) {
    JsonNode text = more.path("text");
    if (more.path("delta").isObject()) text = more.path("delta").path("content");
    if (more.path("message").isObject()) text = more.path("message").path("content");
    if (text.isTextual()) all.put("text", all.path("text").asText() + text.asText());
    if (more.path("logprobs").isObject()) extend(all, "logprobs", more.get("logprobs"));
    // The last one stands for all before it.
    if (more.path("nescio").isObject()) {
      if (more.path("finish_reason").isTextual()) all.set("nescio", more.get("nescio"));
      else extend(all, "nescio", more.get("nescio"));
    }
    if (!more.path("finish_reason").isTextual()) return;
    all.set("finish_reason", more.get("finish_reason"));
    // Null too says something: that it was no stop string.
    if (more.has("stop_reason")) all.set("stop_reason", more.get("stop_reason"));
  }

  /** Lists grow; other fields are replaced. */
  private static void extend(ObjectNode all, String field, JsonNode more) {
    ObjectNode object = all.withObject("/" + field);
    more.properties().forEach(entry -> {
      if (entry.getValue() instanceof ArrayNode list) object.withArray("/" + entry.getKey()).addAll(list);
      else if (!object.has(entry.getKey())) object.set(entry.getKey(), entry.getValue());
    });
  }
}
