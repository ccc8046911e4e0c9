package dev.nescio.model.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.model.chat.ChatTemplate;
import dev.nescio.model.files.ModelFormatException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A conversation to token ids: the template's markers become special tokens, what people wrote is plain text. The ids
 * are those of {@code apply_chat_template} in transformers as long as no message contains a marker.
 *
 * <p>It has a tokenizer of its own, the model's with the markers renamed ({@link ChatMarkup}), so that the text is
 * encoded in one piece, as the model was trained.
 */
final class ChatEncoder implements AutoCloseable {

  private final ChatTemplate template;
  private final ChatMarkup markup;
  private final HuggingFaceTokenizer encoder;

  private ChatEncoder(ChatTemplate template, ChatMarkup markup, HuggingFaceTokenizer encoder) {
    this.template = template;
    this.markup = markup;
    this.encoder = encoder;
  }

  /**
   * @param json    {@code tokenizer.json}; not changed
   * @param markers added tokens that text of users never becomes, by their texts
   */
  static ChatEncoder open(ChatTemplate template, JsonNode json, Map<String, Integer> markers) throws IOException {
    ChatMarkup markup = new ChatMarkup(markers.keySet(), new SecureRandom());
    ObjectNode renamed = json.deepCopy();
    for (JsonNode token : renamed.path("added_tokens")) {
      String name = markup.privateName(token.path("content").textValue());
      if (name != null) ((ObjectNode) token).put("content", name).put("normalized", false);
    }
    renameVocabulary((ObjectNode) renamed.path("model"), markup);
    renamed.putNull("post_processor");
    ChatEncoder encoder = new ChatEncoder(template, markup, ModelTokenizer.open(renamed));
    encoder.requireSameIds(markers);
    return encoder;
  }

  int[] encode(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return ids(markup.named(template.render(markup.guarded(messages), addGenerationPrompt)));
  }

  @Override
  public void close() {
    encoder.close();
  }

  private int[] ids(String text) {
    long[] ids = encoder.encode(ModelTokenizer.wellFormed(text), false, false).getIds();
    return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  private void requireSameIds(Map<String, Integer> markers) throws ModelFormatException {
    for (Map.Entry<String, Integer> marker : markers.entrySet()) {
      if (!Arrays.equals(ids(markup.privateName(marker.getKey())), new int[] {marker.getValue()})) {
        close();
        throw new ModelFormatException("the tokenizer's special token '" + marker.getKey()
            + "' depends on its name; chats cannot be encoded safely");
      }
    }
  }

  /** Vocabularies are objects (byte-pair encoding) or lists of pairs (unigram). */
  private static void renameVocabulary(ObjectNode model, ChatMarkup markup) {
    JsonNode vocabulary = model.path("vocab");
    if (vocabulary.isObject()) {
      Map<String, JsonNode> entries = new LinkedHashMap<>();
      vocabulary.properties().forEach(e -> entries.put(renamed(e.getKey(), markup), e.getValue()));
      model.putObject("vocab").setAll(entries);
    } else {
      for (JsonNode piece : vocabulary) {
        ((ArrayNode) piece).set(0, TextNode.valueOf(renamed(piece.get(0).textValue(), markup)));
      }
    }
    if (model.path("unk_token").isTextual()) {
      model.put("unk_token", renamed(model.path("unk_token").textValue(), markup));
    }
  }

  private static String renamed(String text, ChatMarkup markup) {
    String name = markup.privateName(text);
    return name == null ? text : name;
  }
}
