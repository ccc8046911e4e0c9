package dev.nescio.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports of this machine. */
final class Ports {

  private Ports() {}

  /** True when something could listen on the port now; always true for 0, which means any free one. */
  static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** @throws UserError when the port is taken: said before minutes are spent on everything else */
  static void requireFree(int port) {
    if (!free(port)) throw taken(port, null);
  }

  static UserError taken(int port, Throwable cause) {
    return new UserError(
        "port " + port + " is taken by another process; stop it or choose another with --port (0 for any free one)",
        cause);
  }
}
