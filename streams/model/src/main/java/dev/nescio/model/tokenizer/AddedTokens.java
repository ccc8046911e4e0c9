package dev.nescio.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.Json;
import dev.nescio.model.files.ModelFormatException;
import java.util.Map;
import java.util.Optional;

/**
 * The added tokens of a {@code tokenizer.json}, each of which stands for one text: special tokens and others.
 *
 * <p>The tokenizers library does not take their ids from the file: a token that is not in the vocabulary gets the next
 * id behind all that are known. That is another one where an embedding has more rows than the vocabulary has tokens, as
 * that of Qwen2.5. Then the added tokens are put into the vocabulary too, where ids are taken as they stand.
 */
final class AddedTokens {

  private AddedTokens() {}

  /** Id of a token; empty when it is none of the added. */
  static Optional<Integer> id(JsonNode tokenizer, String content) {
    for (JsonNode token : tokenizer.path("added_tokens")) {
      if (token.path("content").asText().equals(content)) return Optional.of(token.path("id").intValue());
    }
    return Optional.empty();
  }

  /**
   * Adds a special token, which takes the blank before it.
   *
   * @throws ModelFormatException if the tokenizer has that text or that id already, or cannot number it so
   */
  static void addSpecial(ObjectNode tokenizer, String content, int id) throws ModelFormatException {
    add(tokenizer, id, Json.MAPPER.createObjectNode().put("content", content).put("single_word", false)
        .put("lstrip", true).put("rstrip", false).put("normalized", false).put("special", true));
    number(tokenizer);
  }

  /**
   * Adds what {@code added_tokens_decoder} of {@code tokenizer_config.json} has and {@code tokenizer.json} lacks, as
   * transformers does.
   *
   * @throws ModelFormatException if the two contradict each other
   */
  static void addListed(ObjectNode tokenizer, JsonNode config) throws ModelFormatException {
    boolean added = false;
    for (Map.Entry<String, JsonNode> listed : config.path("added_tokens_decoder").properties()) {
      String content = listed.getValue().path("content").asText();
      if (content.isEmpty() || id(tokenizer, content).isPresent()) continue;
      if (!listed.getKey().matches("\\d{1,9}")) {
        throw new ModelFormatException("added_tokens_decoder has '" + listed.getKey() + "', which is no token id");
      }
      add(tokenizer, Integer.parseInt(listed.getKey()), listed.getValue().deepCopy());
      added = true;
    }
    if (added) number(tokenizer);
  }

  /** True of tokens that text of users never becomes: special ones and all in angle brackets. */
  static boolean isMarker(JsonNode token) {
    String content = token.path("content").asText();
    return token.path("special").asBoolean() || (content.startsWith("<") && content.endsWith(">"));
  }

  /** The tokenizer without markers; the added tokens that are left are ordinary text, such as runs of blanks. */
  static ObjectNode withoutMarkers(ObjectNode tokenizer, ObjectNode original) {
    ObjectNode plain = tokenizer.deepCopy();
    ArrayNode kept = plain.putArray("added_tokens");
    JsonNode known = original.path("model").path("vocab");
    JsonNode vocabulary = plain.path("model").path("vocab");
    for (JsonNode token : tokenizer.path("added_tokens")) {
      String content = token.path("content").asText();
      if (!isMarker(token)) {
        kept.add(token);
      } else if (vocabulary instanceof ObjectNode object && !known.has(content)) {
        object.remove(content);
      }
    }
    return plain;
  }

  private static void add(ObjectNode tokenizer, int id, JsonNode settings) throws ModelFormatException {
    ArrayNode tokens = tokenizer.withArray("added_tokens");
    for (JsonNode other : tokens) {
      if (other.path("id").intValue() == id) {
        throw new ModelFormatException("token " + id + " is to be '" + settings.path("content").asText()
            + "', but tokenizer.json has '" + other.path("content").asText() + "' there");
      }
    }
    ObjectNode token = tokens.addObject().put("id", id);
    token.setAll((ObjectNode) settings);
  }

  /** Sees to it that every added token gets the id that the file says. */
  private static void number(ObjectNode tokenizer) throws ModelFormatException {
    if (isNumberedSo(tokenizer)) return;
    if (!(tokenizer.path("model").path("vocab") instanceof ObjectNode vocabulary)) {
      throw new ModelFormatException("a tokenizer of type " + tokenizer.path("model").path("type").asText()
          + " cannot have an added token that does not follow the one before; only byte-pair encoding can");
    }
    for (JsonNode token : tokenizer.path("added_tokens")) {
      String content = token.path("content").asText();
      JsonNode known = vocabulary.get(content);
      if (known == null) {
        vocabulary.put(content, token.path("id").intValue());
      } else if (known.intValue() != token.path("id").intValue()) {
        throw new ModelFormatException("'" + content + "' is token " + known + " in the vocabulary, but "
            + token.path("id") + " among the added tokens");
      }
    }
  }

  private static boolean isNumberedSo(JsonNode tokenizer) {
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    int next = vocabulary.size();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      int id = idIn(vocabulary, token.path("content").asText()).orElse(next);
      if (id != token.path("id").intValue()) return false;
      next = Math.max(next, id + 1);
    }
    return true;
  }

  /** Vocabularies are objects (byte-pair encoding) or lists of pairs (unigram). */
  private static Optional<Integer> idIn(JsonNode vocabulary, String content) {
    if (vocabulary.isObject()) return Optional.ofNullable(vocabulary.get(content)).map(JsonNode::intValue);
    for (int i = 0; i < vocabulary.size(); i++) {
      if (vocabulary.get(i).path(0).asText().equals(content)) return Optional.of(i);
    }
    return Optional.empty();
  }
}
