package dev.nescio.language;

/**
 * A conversation that cannot be made a prompt: the model has no chat template, the template is damaged, or it refuses
 * the conversation. The message says which, in the template's own words where it gave any.
 */
public final class ChatTemplateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ChatTemplateException(String message) {
    super(message);
  }

  public ChatTemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
