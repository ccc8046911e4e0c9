package dev.nescio.schemas.registry;

/** Another process listens on the port that the embedded registry was given. */
public final class RegistryPortTakenException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** Names the port. */
  public RegistryPortTakenException(int port, Throwable cause) {
    super("port " + port + " is taken, so the schema registry cannot start; stop what listens there, or give another"
        + " port (0 takes any free one)", cause);
  }
}
