package dev.nescio.model.chat;

/** What a template says with {@code raise_exception}. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
