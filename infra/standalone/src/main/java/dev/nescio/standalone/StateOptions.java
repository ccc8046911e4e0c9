package dev.nescio.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a system keeps what it needs for its next start. */
final class StateOptions {

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where the broker, the stores, the artifacts and the logs are kept (default: ${DEFAULT-VALUE}).",
      defaultValue = "${sys:user.home}/.nescio")
  Path state;

  /** Where {@code up} and {@code ask} meet. */
  Path upDirectory() {
    return state.resolve("up");
  }

  /** The demo has a directory of its own, so that it never mixes with a system in use. */
  Path demoDirectory() {
    return state.resolve("demo");
  }
}
