package dev.nescio.producers;

/** A question has more bytes than the system takes; nothing was sent. */
public final class OversizedQuestionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With a message that names size and limit. */
  public OversizedQuestionException(String message) {
    super(message);
  }
}
