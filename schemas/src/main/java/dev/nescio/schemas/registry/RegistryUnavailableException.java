package dev.nescio.schemas.registry;

/** No registry answered, or it answered with a server error; trying again later may help. */
public final class RegistryUnavailableException extends RegistryException {

  private static final long serialVersionUID = 1;

  /** With a message that names the addresses tried. */
  public RegistryUnavailableException(String message, Throwable cause) {
    super(503, message, cause);
  }
}
