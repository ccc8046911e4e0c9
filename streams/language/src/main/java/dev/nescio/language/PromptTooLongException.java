package dev.nescio.language;

/** A prompt that does not fit the context with the tokens asked for; the message has both figures. */
public final class PromptTooLongException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PromptTooLongException(String message) {
    super(message);
  }
}
