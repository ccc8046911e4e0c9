package dev.nescio.inference;

import dev.nescio.confidence.Estimators;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Inference in a process of its own, so that it can be killed. */
final class InferenceProcess {

  private InferenceProcess() {}

  /**
   * @param arguments bootstrap servers, registry address, group, milliseconds a batch takes
   */
  public static void main(String[] arguments) throws InterruptedException {
    InferenceConfig config =
        InferenceConfig.of(
            Map.of(
                "bootstrap.servers", arguments[0], "registry.schema.registry.url", arguments[1], "group", arguments[2],
                "batch.rows", "4", "max.queued", "64"));
    Duration batch = Duration.ofMillis(Long.parseLong(arguments[3]));
    WordModel model = new WordModel(requests -> LockSupport.parkNanos(batch.toNanos())).joining();
    InferenceApp app = new InferenceApp(config, model, Estimators.all(), InstantSource.system());
    app.start();
    new CountDownLatch(1).await();
  }

  static Process start(Platform platform, String group, Duration batch, Path log) throws IOException {
    // Surefire starts this process with a jar that only names the class path.
    String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            List.of(
                java, "-Xmx256m", "-cp", classPath, InferenceProcess.class.getName(), platform.bootstrapServers(),
                platform.registryUrl(), group, Long.toString(batch.toMillis())))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())))
        .start();
  }
}
