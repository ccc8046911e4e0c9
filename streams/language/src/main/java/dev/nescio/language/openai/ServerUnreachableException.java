package dev.nescio.language.openai;

/** The server was not there, too slow or too busy, and stayed so over all attempts. */
public final class ServerUnreachableException extends ServerException {

  private static final long serialVersionUID = 1L;

  ServerUnreachableException(String message, Throwable cause) {
    super(message, cause);
  }
}
