package dev.nescio.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The program as a process of its own, with the class path of the test. */
final class Child implements AutoCloseable {

  private static final String ENV = "/usr/bin/env";

  private final Process process;
  private final Path output;

  private Child(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * @param output receives both streams
   * @param environment added to this process's own
   */
  static Child start(Path output, Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    // A process started in the background by a shell without job control ignores SIGINT, and so do its children.
    if (resetsSignals()) command.addAll(List.of(ENV, "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx2g", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
        Nescio.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    return new Child(builder.start(), output);
  }

  private static boolean resetsSignals() {
    try {
      return new ProcessBuilder(ENV, "--default-signal=INT", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  String output() throws IOException {
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  void awaitOutput(String text, Duration patience) {
    Awaitility.await("\"" + text + "\" in the output")
        .atMost(patience)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          String all = output();
          if (!all.contains(text) && !process.isAlive()) throw new AssertionError("it ended:\n" + all);
          return all.contains(text);
        });
  }

  /** Sends what Ctrl-C sends. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** @return the exit code; the process is ended when it takes longer */
  int exit(Duration patience) throws InterruptedException, IOException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      kill();
      throw new AssertionError("did not end within " + patience + ":\n" + output());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
