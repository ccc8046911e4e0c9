package dev.nescio.inference.serve;

/** The server's port is in use. */
public final class PortTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PortTakenException(String host, int port, Throwable cause) {
    super(
        "port %d on %s is taken by another program; stop it, or choose another with --port (0 takes a free one)"
            .formatted(port, host),
        cause);
  }
}
