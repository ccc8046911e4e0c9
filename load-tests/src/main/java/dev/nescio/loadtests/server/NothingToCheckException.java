package dev.nescio.loadtests.server;

/** Something that a check needs was not given to the command. */
final class NothingToCheckException extends RuntimeException {

  private static final long serialVersionUID = 1;

  NothingToCheckException(String message) {
    super(message);
  }
}
