package dev.nescio.loadtests.kill;

import dev.nescio.evaluation.EvaluationApp;
import dev.nescio.evaluation.EvaluationConfig;
import java.nio.file.Path;
import java.util.Map;

/** One instance of evaluation, in a process of its own. */
final class EvaluationMain {

  static final String APPLICATION = "nescio-evaluation";

  private EvaluationMain() {}

  /** @param arguments brokers, registry, directory of this instance, name of this instance */
  public static void main(String[] arguments) throws Exception {
    // Sessions of 4 s instead of 45 s and transactions of 5 s instead of 60 s, so that a sleeper is replaced soon. A
    // returned instance gets its share back at once: otherwise the next victim may have nothing to do.
    Map<String, String> quick = Map.of(
        "consumer.session.timeout.ms", "4000", "consumer.heartbeat.interval.ms", "1000",
        "producer.transaction.timeout.ms", "5000", "acceptable.recovery.lag", Long.toString(Long.MAX_VALUE));
    EvaluationConfig config = EvaluationConfig.of(arguments[0], arguments[1], Path.of(arguments[2]))
        .with(Map.of("application.id", APPLICATION, "instance.id", arguments[3], "commit.interval", "PT0.5S",
            "min.labels", "100"))
        .withClient(quick);
    EvaluationApp app = EvaluationApp.start(config);
    Life.live(app, app::ready, () -> app.health().state().equals("ERROR"));
  }
}
