package dev.nescio.dashboard;

/** The dashboard's port is in use. */
public final class PortTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PortTakenException(String host, int port, Throwable cause) {
    super(
        ("port %d on %s is taken by another program; stop it, or choose another port for the dashboard with --port "
                + "(0 takes a free one)")
            .formatted(port, host),
        cause);
  }
}
