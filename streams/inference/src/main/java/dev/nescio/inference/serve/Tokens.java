package dev.nescio.inference.serve;

import dev.nescio.language.ChatMessage;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.List;

/** Between text and tokens, for what the server says of a text itself. Thread-safe. */
public interface Tokens {

  /** Ids of a plain text, with those that begin every text. */
  int[] encode(String text);

  /** Text of ids; bytes that are no whole character become replacement characters. */
  String decode(int... ids);

  /**
   * Number of tokens of a conversation with the beginning of the answer.
   *
   * @throws dev.nescio.language.ChatTemplateException if the model has no chat template, or it refuses the conversation
   */
  int count(List<ChatMessage> chat);

  /** Those of a model's tokenizer. */
  static Tokens of(ModelTokenizer tokenizer) {
    return new Tokens() {
      @Override
      public int[] encode(String text) {
        return tokenizer.encode(text);
      }

      @Override
      public String decode(int... ids) {
        return tokenizer.decode(ids);
      }

      @Override
      public int count(List<ChatMessage> chat) {
        return tokenizer.encodeChat(chat, true).length;
      }
    };
  }
}
