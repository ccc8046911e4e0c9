package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;

/** Counts the tokens of texts in the way that a kind of server has for it. Thread-safe. */
final class TokenCounter {

  private final ServerConnection server;
  private final ServerKind kind;
  private final URI url;
  private final String model;

  /** @param url for messages */
  TokenCounter(ServerConnection server, ServerKind kind, URI url, String model) {
    this.server = server;
    this.kind = kind;
    this.url = url;
    this.model = model;
  }

  int count(String text) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return switch (kind.tokenCounting()) {
      case TOKENIZE_PROMPT -> count(server.postBeside("/tokenize", body.put("model", model).put("prompt", text)));
      case TOKENIZE_CONTENT -> count(server.postBeside("/tokenize", body.put("content", text)));
      case TOKENIZE_INPUTS -> count(server.postBeside("/tokenize", body.put("inputs", text)));
      case USAGE -> text.isEmpty() ? 0 : usage(text);
    };
  }

  private int usage(String text) {
    JsonNode answer = server.post("/completions", Completions.counting(text, model));
    JsonNode tokens = answer.path("usage").path("prompt_tokens");
    if (!tokens.isInt()) throw new ProtocolViolationException(url + " tells no usage.prompt_tokens");
    return tokens.intValue();
  }

  private int count(JsonNode answer) {
    if (answer.path("count").isInt()) return answer.path("count").intValue();
    JsonNode tokens = answer.isArray() ? answer : answer.path("tokens");
    if (!tokens.isArray()) throw new ProtocolViolationException(url + " answered /tokenize without tokens");
    return tokens.size();
  }
}
