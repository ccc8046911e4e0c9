package dev.nescio.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the system that a command talks to. */
final class Addressing {

  private Addressing() {}

  /** Addresses of {@code nescio up}, else of a demo that is still running. */
  static StateDirectory.Addresses running(StateOptions options) {
    for (Path directory : List.of(options.upDirectory(), options.demoDirectory())) {
      if (Files.isDirectory(directory) && StateDirectory.addresses(directory).isPresent()) {
        return StateDirectory.addresses(directory).get();
      }
    }
    throw new UserError("no system is running under " + options.state + "; start one with: nescio up");
  }
}
