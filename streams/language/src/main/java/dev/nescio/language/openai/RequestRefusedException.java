package dev.nescio.language.openai;

import java.util.Optional;

/** The server refused the request; the message holds its own words. */
public final class RequestRefusedException extends ServerException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /**
   * @param status HTTP status
   * @param code   what the server calls the error; null when it does not say
   */
  RequestRefusedException(String message, int status, String code) {
    super(message, null);
    this.status = status;
    this.code = code;
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** The server's name of the error, for example {@code context_length_exceeded}. */
  public Optional<String> code() {
    return Optional.ofNullable(code);
  }
}
