package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.language.PromptTooLongException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What servers say when they refuse: OpenAI's {@code {"error": {"message", "type", "param", "code"}}}, the same without
 * the outer object, TGI's {@code {"error": "...", "error_type": "..."}} and FastAPI's {@code {"detail": ...}}.
 */
final class ServerErrors {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final int LONGEST = 500;

  /** What servers say of a prompt that does not fit; not all of them have a code for it. */
  private static final List<String> TOO_LONG =
      List.of("context_length_exceeded", "exceed_context_size", "maximum context length", "context window of",
          "exceeds the available context size", "must have less than", "context_tokens");

  private ServerErrors() {}

  /** The exception that an answer other than 200 stands for. */
  static RuntimeException refusal(String who, int status, byte[] body) {
    JsonNode error = error(body);
    String code = first(error, "code", "type", "error_type");
    String message = message(body).orElse("without a message");
    String param = first(error, "param");
    String all = (code + " " + message).toLowerCase(Locale.ROOT);
    if (status >= 400 && status < 500 && TOO_LONG.stream().anyMatch(all::contains)) {
      return new PromptTooLongException(who + " refused the prompt: " + message);
    }
    String where = param == null ? "" : " (" + param + ")";
    String hint =
        switch (status) {
          case 401, 403 -> "; name the environment variable with its API key in key.variable";
          case 404 -> "; check the address, which ends in /v1 as a rule, and the model's name";
          default -> "";
        };
    return new RequestRefusedException(
        who + " answered " + status + ": " + message + where + hint, status, code);
  }

  /** The exception that an event with {@code error} stands for: headers were sent before it was known. */
  static RuntimeException inStream(String who, JsonNode event) {
    JsonNode error = event.path("error");
    String what = (error.path("type").asText() + " " + error.path("code").asText()).toLowerCase(Locale.ROOT);
    int status =
        error.path("code").isInt() ? error.path("code").intValue()
            : what.contains("invalid") || what.contains("exceed") || what.contains("badrequest") ? 400 : 500;
    return refusal(who, status, event.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The server's own words, cut to a readable length. */
  static Optional<String> message(byte[] body) {
    JsonNode error = error(body);
    String text = error.isTextual() ? error.asText() : first(error, "message", "error", "detail");
    if (text == null && error.isMissingNode()) text = new String(body, StandardCharsets.UTF_8).strip();
    if (text == null || text.isEmpty()) return Optional.empty();
    return Optional.of(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...");
  }

  private static JsonNode error(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      if (!json.isObject() && !json.isTextual()) return JSON.missingNode();
      return json.path("error").isObject() ? json.path("error") : json;
    } catch (IOException e) {
      // No JSON, for example the page of a proxy: its text is shown instead.
      return JSON.missingNode();
    }
  }

  private static String first(JsonNode error, String... fields) {
    for (String field : fields) {
      JsonNode value = error.path(field);
      if (value.isTextual() && !value.asText().isEmpty()) return value.asText();
      if (value.isContainerNode() && !value.isEmpty()) return value.toString();
    }
    return null;
  }
}
