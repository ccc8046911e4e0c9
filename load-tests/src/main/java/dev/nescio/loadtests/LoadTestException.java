package dev.nescio.loadtests;

/** A workload that could not be run; the message names the thing and the way out, and is all that is printed. */
public final class LoadTestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LoadTestException(String message) {
    super(message);
  }

  public LoadTestException(String message, Throwable cause) {
    super(message, cause);
  }
}
