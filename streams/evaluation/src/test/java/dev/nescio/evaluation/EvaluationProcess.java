package dev.nescio.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The evaluation app in a process of its own, so that it can be killed as a machine kills it. */
final class EvaluationProcess implements AutoCloseable {

  private final Process process;

  private EvaluationProcess(Process process) {
    this.process = process;
  }

  static EvaluationProcess start(String bootstrapServers, String registryUrl, Path directory) throws IOException {
    List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
        "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        EvaluationProcess.class.getName(), bootstrapServers, registryUrl, directory.toString());
    return new EvaluationProcess(new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolveSibling("evaluation.log").toFile()))
        .start());
  }

  boolean alive() {
    return process.isAlive();
  }

  /** SIGKILL: no shutdown hook, no last commit. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Runs until it is killed. A stable instance name takes the partitions back without waiting for a time-out. */
  public static void main(String[] args) throws InterruptedException {
    EvaluationConfig config = EvaluationConfig.of(args[0], args[1], Path.of(args[2]))
        .with(Map.of("instance.id", "one", "min.labels", "50", "threads", "2"));
    try (EvaluationApp app = EvaluationApp.start(config)) {
      Thread.currentThread().join();
    }
  }
}
