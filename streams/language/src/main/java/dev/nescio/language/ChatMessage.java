package dev.nescio.language;

import java.util.Objects;

/**
 * One message of a conversation.
 *
 * @param role    as the model's chat template knows it: {@code system}, {@code user} or {@code assistant} for most
 * @param content plain text; nothing in it ever becomes a special token, whoever is said to have written it
 */
public record ChatMessage(String role, String content) {

  public ChatMessage {
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(content, "content");
    if (role.isBlank()) throw new IllegalArgumentException("the role of a message is empty");
  }

  public static ChatMessage system(String content) {
    return new ChatMessage("system", content);
  }

  public static ChatMessage user(String content) {
    return new ChatMessage("user", content);
  }

  public static ChatMessage assistant(String content) {
    return new ChatMessage("assistant", content);
  }
}
