package dev.nescio.inference.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Token;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Log-probabilities in OpenAI's two forms, and in one of ours with all that is known. */
final class LogProbs {

  private static final String REPLACEMENT = "\uFFFD";

  private LogProbs() {}

  /**
   * Of a completion: lists side by side. The best tokens of a position are a map from text to log-probability, with the
   * token that stands there; of an echoed prompt they are not known, and null.
   *
   * @param offset of the first token behind the echo, in code points
   */
  static ObjectNode completion(Optional<Echo> echo, List<Token> tokens, int offset, boolean best) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode texts = json.putArray("tokens");
    ArrayNode values = json.putArray("token_logprobs");
    ArrayNode tops = json.putArray("top_logprobs");
    ArrayNode offsets = json.putArray("text_offset");
    int at = offset;
    for (Echo.Row row : echo.map(Echo::rows).orElse(List.of())) {
      texts.add(row.text());
      row.scored().ifPresentOrElse(t -> values.add(t.logProb()), values::addNull);
      tops.addNull();
      offsets.add(row.offset());
      at = row.offset() + row.text().codePointCount(0, row.text().length());
    }
    for (Token token : tokens) {
      texts.add(token.text());
      values.add(token.logProb());
      ObjectNode top = tops.addObject();
      for (Alternative other : token.alternatives()) if (!top.has(other.text())) top.put(other.text(), other.logProb());
      if (!top.has(token.text())) top.put(token.text(), token.logProb());
      offsets.add(at);
      at += token.text().codePointCount(0, token.text().length());
    }
    if (!best) json.putNull("top_logprobs");
    return json;
  }

  /** Of a conversation: an object a token. */
  static ObjectNode chat(List<Token> tokens) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode content = json.putArray("content");
    for (Token token : tokens) {
      ArrayNode top = entry(content.addObject(), token.text(), token.logProb()).putArray("top_logprobs");
      for (Alternative other : token.alternatives()) entry(top.addObject(), other.text(), other.logProb());
    }
    json.putNull("refusal");
    return json;
  }

  private static ObjectNode entry(ObjectNode json, String text, double logProb) {
    json.put("token", text).put("logprob", logProb);
    // A part of a character has bytes, but its text does not tell them.
    if (text.contains(REPLACEMENT)) return json.putNull("bytes");
    ArrayNode bytes = json.putArray("bytes");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) bytes.add(b & 0xFF);
    return json;
  }

  /** One object a token, aligned with the above: id, entropy and margin in nats, the best tokens with their ids. */
  static ArrayNode exact(Optional<Echo> echo, List<Token> tokens) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Echo.Row row : echo.map(Echo::rows).orElse(List.of())) {
      ObjectNode json = list.addObject().put("id", row.id());
      row.scored().ifPresent(token -> measures(json, token));
    }
    for (Token token : tokens) {
      ObjectNode json = list.addObject();
      token.knownId().ifPresent(id -> json.put("id", id));
      measures(json, token);
      for (Alternative other : token.alternatives()) {
        ObjectNode best = json.withArray("best").addObject().put("token", other.text()).put("logprob", other.logProb());
        other.knownId().ifPresent(id -> best.put("id", id));
      }
    }
    return list;
  }

  private static void measures(ObjectNode json, Token token) {
    token.entropy().ifPresent(entropy -> json.put("entropy", entropy));
    token.margin().ifPresent(margin -> json.put("margin", margin));
  }
}
