package dev.nescio.schemas.registry;

/** The registry refused a request. */
public class RegistryException extends RuntimeException {

  private static final long serialVersionUID = 1;
  private final int errorCode;

  /** With the registry's error code, for example 40403 for an unknown id, 409 for an incompatible schema. */
  public RegistryException(int errorCode, String message, Throwable cause) {
    super(message, cause);
    this.errorCode = errorCode;
  }

  /** The registry's error code. */
  public int errorCode() {
    return errorCode;
  }

  /** True when the thing asked for does not exist. */
  public boolean notFound() {
    return errorCode == 404 || errorCode / 100 == 404;
  }
}
