package dev.nescio.loadtests.server;

/** What a server gave does not hold. */
final class BrokenPromiseException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BrokenPromiseException(String message) {
    super(message);
  }

  /** @throws BrokenPromiseException with the text, unless it holds */
  static void require(boolean holds, String otherwise) {
    if (!holds) throw new BrokenPromiseException(otherwise);
  }
}
