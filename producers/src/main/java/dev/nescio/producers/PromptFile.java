package dev.nescio.producers;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads prompts and pairs of prompt and continuation from JSON Lines, for commands that ask a model directly. Other
 * fields than the ones named below are refused, so that a misspelt one is not overlooked.
 */
public final class PromptFile {

  private static final Set<String> MESSAGE = Set.of("role", "content");
  private static final String MESSAGES_EXAMPLE = "write [{\"role\": \"user\", \"content\": \"Hi\"}]";

  private PromptFile() {}

  /** One message of a conversation. */
  public record Message(String role, String content) {}

  /**
   * A prompt or a conversation.
   *
   * @param line     from 1
   * @param id       the user's own name for it, handed on to the result
   * @param prompt   there unless there are messages
   * @param messages empty when there is a prompt
   */
  public record Prompt(long line, Optional<String> id, Optional<String> prompt, List<Message> messages) {

    public Prompt {
      messages = List.copyOf(messages);
    }
  }

  /**
   * A prompt and what is scored after it.
   *
   * @param line from 1
   */
  public record Pair(long line, Optional<String> id, String prompt, String continuation) {}

  /**
   * Reads {@code {"prompt": ...}} or {@code {"messages": [{"role": ..., "content": ...}, ...]}} a line, with an {@code
   * id} or without.
   *
   * @throws java.io.UncheckedIOException when there is no such file, or it cannot be read
   */
  public static Lines<Prompt> prompts(Path file) {
    return JsonLines.read(file, (fields, line) -> {
      fields.only(Set.of("id", "prompt", "messages"));
      List<Message> messages = messages(fields);
      if (!messages.isEmpty() && fields.has("prompt")) {
        throw new BadFieldException("messages", "stands beside a prompt", "leave one of the two out");
      }
      Optional<String> prompt = messages.isEmpty()
          ? Optional.of(fields.text("prompt", "The capital of Peru is")) : Optional.empty();
      return new Prompt(line, fields.optionalText("id"), prompt, messages);
    });
  }

  /**
   * Reads {@code {"prompt": ..., "continuation": ...}} a line, with an {@code id} or without.
   *
   * @throws java.io.UncheckedIOException when there is no such file, or it cannot be read
   */
  public static Lines<Pair> pairs(Path file) {
    return JsonLines.read(file, (fields, line) -> {
      fields.only(Set.of("id", "prompt", "continuation"));
      String continuation = fields.anyText("continuation", " Lima");
      if (continuation.isEmpty()) throw new BadFieldException("continuation", "is empty", "give it a text to score");
      return new Pair(line, fields.optionalText("id"), fields.text("prompt", "The capital of Peru is"), continuation);
    });
  }

  private static List<Message> messages(Fields fields) {
    if (!fields.has("messages")) return List.of();
    JsonNode array = fields.node().path("messages");
    if (!array.isArray() || array.isEmpty()) {
      throw new BadFieldException("messages", "is no list of messages", MESSAGES_EXAMPLE);
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode node : array) {
      if (!node.isObject()) throw new BadFieldException("messages", "has an item that is no object", MESSAGES_EXAMPLE);
      Fields message = new Fields(node);
      message.only(MESSAGE);
      messages.add(new Message(message.text("role", "user"), message.anyText("content", "Hi")));
    }
    return messages;
  }
}
