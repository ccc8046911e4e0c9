package dev.nescio.model.llama;

import dev.nescio.language.PromptTooLongException;

/**
 * The longest sequence of a model.
 *
 * @param name of the model, for people
 */
public record ContextLimit(String name, LlamaConfig config) {

  /**
   * Checks that a sequence fits.
   *
   * @param prompt tokens given
   * @param more   tokens asked for, 0 when a text is only to be scored
   * @throws PromptTooLongException if they do not fit; it says what would
   */
  public void require(int prompt, int more) {
    int room = config.contextTokens();
    if ((long) prompt + more <= room) return;
    String asked = more == 0 ? "the text has " + prompt + " tokens"
        : "the prompt has " + prompt + " tokens and asks for " + more + " more";
    String wayOut = more == 0 ? "Shorten it"
        : prompt < room ? "Ask for at most " + (room - prompt) + " more, or shorten the prompt" : "Shorten the prompt";
    throw new PromptTooLongException(asked + "; the context of " + name + " has " + room + ". " + wayOut);
  }
}
