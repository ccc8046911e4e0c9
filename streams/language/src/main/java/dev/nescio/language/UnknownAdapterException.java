package dev.nescio.language;

/** No adapter of that id is loaded. */
public final class UnknownAdapterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnknownAdapterException(String message) {
    super(message);
  }
}
