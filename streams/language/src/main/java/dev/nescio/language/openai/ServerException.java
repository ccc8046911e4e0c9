package dev.nescio.language.openai;

/** A server did not do what it was asked; the message names the server and the way out. */
public abstract sealed class ServerException extends RuntimeException
    permits ServerUnreachableException, RequestRefusedException, ProtocolViolationException {

  private static final long serialVersionUID = 1L;

  ServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
