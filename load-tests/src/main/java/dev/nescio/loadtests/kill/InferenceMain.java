package dev.nescio.loadtests.kill;

import dev.nescio.confidence.Estimators;
import dev.nescio.inference.Health;
import dev.nescio.inference.InferenceApp;
import dev.nescio.inference.InferenceConfig;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** One instance of inference over a model of two tiny layers, in a process of its own. */
final class InferenceMain {

  static final String GROUP = "nescio-inference";

  private InferenceMain() {}

  /** @param arguments brokers, registry, directory of the model, name of this instance */
  public static void main(String[] arguments) throws Exception {
    InferenceConfig config = InferenceConfig.of(Map.of(
        "bootstrap.servers", arguments[0], "registry.schema.registry.url", arguments[1], "group", GROUP,
        "instance", arguments[3], "audit.probability", "0.2", "transaction.timeout.ms", "5000",
        "kafka.session.timeout.ms", "4000", "kafka.heartbeat.interval.ms", "1000"));
    LocalLanguageModel model =
        LocalLanguageModels.open(LocalModelConfig.of(Path.of(arguments[2])).withThreads(1));
    InferenceApp app = new InferenceApp(config, model, Estimators.all(), InstantSource.system());
    app.start();
    Life.live(app, () -> app.health().ready(), () -> app.health().state() == Health.State.FAILED);
  }
}
