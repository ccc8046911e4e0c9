package dev.nescio.platform;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether containers can be had on this machine, as the {@code docker} command sees it. */
final class Docker {

  private static final long PATIENCE_SECONDS = 30;

  private Docker() {}

  /** Why not, and the way to have them; empty when they can. */
  static Optional<String> problem(Images images) {
    return why(images).map(reason -> reason + "; .ci/containers sets it up and runs these tests");
  }

  private static Optional<String> why(Images images) {
    try {
      if (!succeeds("docker", "version")) return Optional.of("no Docker engine answers");
      for (String image : List.of(images.kafka(), images.registry())) {
        if (!succeeds("docker", "image", "inspect", image)) {
          return Optional.of("the Docker engine has no image " + image);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("there is no command docker");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Docker was asked", e);
    }
  }

  private static boolean succeeds(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    try {
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } finally {
      process.destroyForcibly();
    }
  }
}
