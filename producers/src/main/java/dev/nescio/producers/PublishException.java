package dev.nescio.producers;

/** The broker did not take records; some may have been sent before. */
public final class PublishException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what failed and its cause. */
  public PublishException(String message, Throwable cause) {
    super(message, cause);
  }
}
