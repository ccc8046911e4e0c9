package dev.nescio.inference;

/** A question that got no answer, with what became of it. */
public final class NoAnswerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoAnswerException(String message) {
    super(message);
  }
}
