package dev.nescio.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.model.chat.ChatTemplate;
import dev.nescio.model.files.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds a model's chat template: {@code chat_template.jinja}, else {@code chat_template} of {@code
 * tokenizer_config.json}, one text or a list of named ones of which {@code default} is taken.
 */
final class ChatTemplateFile {

  static final String JINJA = "chat_template.jinja";
  static final String CONFIG = "tokenizer_config.json";

  private ChatTemplateFile() {}

  /**
   * @param clock what a template may ask for the date
   * @return empty when the model has no template
   */
  static Optional<ChatTemplate> read(Path directory, Clock clock) throws IOException {
    Path jinja = directory.resolve(JINJA);
    Path config = directory.resolve(CONFIG);
    boolean separate = Files.exists(jinja);
    if (!separate && !Files.exists(config)) return Optional.empty();
    JsonNode json = Files.exists(config) ? Json.read(config) : Json.MAPPER.createObjectNode();
    Optional<String> source = separate
        ? Optional.of(Files.readString(jinja, StandardCharsets.UTF_8))
        : source(json.path("chat_template"));
    String origin = (separate ? jinja : config).toString();
    return source.map(text -> new ChatTemplate(origin, text, tokens(json), clock));
  }

  private static Optional<String> source(JsonNode template) {
    if (template.isTextual()) return Optional.of(template.textValue());
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) return Optional.of(named.path("template").asText());
    }
    return Optional.empty();
  }

  /** {@code bos_token} and the like; each a text or an object with its content. */
  private static Map<String, String> tokens(JsonNode config) {
    Map<String, String> tokens = new LinkedHashMap<>();
    config.properties().forEach(entry -> {
      JsonNode value = entry.getValue();
      String text = value.isObject() ? value.path("content").textValue() : value.textValue();
      if (entry.getKey().endsWith("_token") && text != null) tokens.put(entry.getKey(), text);
    });
    return tokens;
  }
}
