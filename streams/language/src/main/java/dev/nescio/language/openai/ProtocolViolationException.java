package dev.nescio.language.openai;

/** The server answered with something that is not what OpenAI's interface says. */
public final class ProtocolViolationException extends ServerException {

  private static final long serialVersionUID = 1L;

  ProtocolViolationException(String message) {
    this(message, null);
  }

  ProtocolViolationException(String message, Throwable cause) {
    super(message, cause);
  }
}
