package dev.nescio.standalone;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import dev.nescio.confidence.Estimators;
import dev.nescio.dashboard.DashboardConfig;
import dev.nescio.dashboard.DashboardServer;
import dev.nescio.evaluation.EvaluationApp;
import dev.nescio.evaluation.EvaluationConfig;
import dev.nescio.inference.Health;
import dev.nescio.inference.InferenceApp;
import dev.nescio.inference.InferenceConfig;
import dev.nescio.judge.JudgeApp;
import dev.nescio.judge.JudgeConfig;
import dev.nescio.language.AdaptableModel;
import dev.nescio.language.LanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.schemas.registry.EmbeddedRegistry;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.standalone.SystemConfig.External;
import dev.nescio.standalone.SystemConfig.Part;
import dev.nescio.trainer.service.ControlTables;
import dev.nescio.trainer.service.Night;
import dev.nescio.trainer.service.TrainerApp;
import dev.nescio.trainer.service.Tuner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of nescio in one process, started in the order in which they need each other and stopped in reverse.
 *
 * <p>Closing takes everything down also when one part fails to close, and also a system that only half started.
 */
final class NescioSystem implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NescioSystem.class);

  private final SystemConfig config;
  private final Terminal terminal;
  private final Deque<Running> running = new ArrayDeque<>();
  private External addresses;
  private Optional<InferenceApp> inference = Optional.empty();
  private Optional<EvaluationApp> evaluation = Optional.empty();
  private Optional<JudgeApp> judge = Optional.empty();
  private Optional<TrainerApp> trainer = Optional.empty();
  private Optional<DashboardServer> dashboard = Optional.empty();

  private record Running(String name, AutoCloseable part) {}

  private NescioSystem(SystemConfig config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  /**
   * Starts everything that the configuration names.
   *
   * @param model the language model; empty when no part needs it
   * @param tuner fine-tunes the same base; empty when the trainer is not started
   * @throws UserError for what the user can mend, for example a taken port; nothing is left running then
   */
  static NescioSystem start(
      SystemConfig config, Optional<AdaptableModel> model, Optional<Tuner> tuner, Terminal terminal) {
    NescioSystem system = new NescioSystem(config, terminal);
    try {
      system.startAll(model, tuner);
      return system;
    } catch (RuntimeException e) {
      system.close();
      throw e;
    }
  }

  External addresses() {
    return addresses;
  }

  Clients clients() {
    return Clients.at(addresses.bootstrapServers());
  }

  Map<String, String> registry() {
    return Map.of(RegistryConfig.URL, addresses.registryUrl());
  }

  Optional<DashboardServer> dashboard() {
    return dashboard;
  }

  /** Where adapters and datasets are kept. */
  Path artifacts() {
    return config.directory().resolve("artifacts");
  }

  /**
   * @throws UserError when a part has failed
   */
  void requireWell() {
    inference
        .map(InferenceApp::health)
        .filter(health -> health.state() == Health.State.FAILED)
        .ifPresent(health -> {
          throw new UserError("inference failed: " + String.join("; ", health.problems()));
        });
    evaluation
        .map(EvaluationApp::health)
        .filter(health -> health.state().equals("ERROR"))
        .ifPresent(health -> {
          throw new UserError("evaluation failed: " + health.failure().orElse("see the log"));
        });
    judge.flatMap(JudgeApp::failure).ifPresent(cause -> {
      throw new UserError("the judge failed: " + Failures.explain(cause), cause);
    });
    trainer.flatMap(TrainerApp::failure).ifPresent(cause -> {
      throw new UserError("the trainer failed: " + Failures.explain(cause), cause);
    });
  }

  /** Waits until inference answers and the streams run. */
  void awaitReady(Duration patience) {
    Await.until(
        patience,
        "the system to get ready",
        () -> {
          requireWell();
          return inference.map(app -> app.health().ready()).orElse(true)
              && evaluation.map(EvaluationApp::ready).orElse(true);
        });
  }

  /** Counters and gauges of inference, by the name of the series. */
  Map<String, Double> inferenceFigures() {
    return inference.map(InferenceApp::figures).orElse(Map.of());
  }

  /** True when inference has loaded a version for a release channel. */
  boolean answers(String channel, String version) {
    return inference.orElseThrow().figures().keySet().stream()
        .anyMatch(series -> series.startsWith("model_active_info")
            && series.contains("channel=\"" + channel + "\"")
            && series.contains("model_version=\"" + version + "\""));
  }

  private void startAll(Optional<AdaptableModel> model, Optional<Tuner> tuner) {
    addresses = config.external().orElseGet(this::startBroker);
    try (Admin admin = Admin.create(clients().admin())) {
      TopicPlan.apply(admin, config.partitions(), (short) 1);
    }
    for (Part part : Part.values()) {
      if (!config.parts().contains(part)) continue;
      switch (part) {
        case INFERENCE -> inference = Optional.of(keep("inference", startInference(model.orElseThrow())));
        case EVALUATION -> evaluation = Optional.of(keep("evaluation", startEvaluation()));
        case JUDGE -> judge = Optional.of(keep("judge", startJudge(model)));
        case TRAINER ->
            trainer = Optional.of(keep("trainer", startTrainer(model.orElseThrow(), tuner.orElseThrow())));
        case DASHBOARD -> dashboard = Optional.of(keep("dashboard", startDashboard()));
      }
    }
  }

  private External startBroker() {
    EmbeddedBroker broker =
        keep("broker", EmbeddedBroker.start(new BrokerConfig(config.directory().resolve("kafka"), 0)));
    EmbeddedRegistry registry =
        keep("registry", EmbeddedRegistry.start(0, config.directory().resolve("registry.jsonl")));
    terminal.line("Broker " + broker.bootstrapServers() + ", registry " + registry.url());
    return new External(broker.bootstrapServers(), registry.url());
  }

  private InferenceApp startInference(AdaptableModel model) {
    Map<String, String> settings = new HashMap<>();
    settings.put("bootstrap.servers", addresses.bootstrapServers());
    settings.put("registry.schema.registry.url", addresses.registryUrl());
    settings.put("artifacts", artifacts().toString());
    settings.put("estimator", config.night().estimator());
    settings.put("batch.rows", Integer.toString(config.night().answerBatch()));
    InferenceApp app =
        new InferenceApp(InferenceConfig.of(settings), model, Estimators.all(), Clock.systemUTC());
    app.start();
    return app;
  }

  private EvaluationApp startEvaluation() {
    EvaluationConfig settings =
        EvaluationConfig.of(
            addresses.bootstrapServers(), addresses.registryUrl(), config.directory().resolve("streams"));
    return EvaluationApp.start(settings);
  }

  private JudgeApp startJudge(Optional<AdaptableModel> answering) {
    LanguageModel judging = config.judgeModel().map(this::loadJudge).or(() -> answering).orElseThrow();
    JudgeApp app = new JudgeApp(
        JudgeConfig.of(addresses.bootstrapServers(), addresses.registryUrl()), judging, Clock.systemUTC());
    app.start();
    terminal.line("Judge    " + judging.identity().name() + ", labels from " + app.principal());
    return app;
  }

  private LanguageModel loadJudge(LocalModelConfig judge) {
    try {
      return keep("judge model", Models.load(judge));
    } catch (IOException e) {
      throw new UserError("cannot load the judge's model from " + judge.directory() + ": " + e.getMessage(), e);
    }
  }

  private TrainerApp startTrainer(AdaptableModel model, Tuner tuner) {
    ControlTables tables = new ControlTables(clients(), registry());
    Night night =
        new Night(
            config.night(), model, tuner, artifacts(), tables::references, tables::champion, Clock.systemUTC());
    TrainerApp app = new TrainerApp(clients(), registry(), night, Clock.systemUTC());
    app.start();
    return app;
  }

  private DashboardServer startDashboard() {
    try {
      return DashboardServer.start(
          new DashboardConfig(config.port(), addresses.bootstrapServers(), addresses.registryUrl()));
    } catch (dev.nescio.dashboard.PortTakenException e) {
      throw Ports.taken(config.port(), e);
    }
  }

  private <P extends AutoCloseable> P keep(String name, P part) {
    running.push(new Running(name, part));
    return part;
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      Running next = running.pop();
      long start = System.nanoTime();
      try {
        next.part().close();
        log.info("{} stopped after {} ms", next.name(), (System.nanoTime() - start) / 1_000_000);
      } catch (Exception e) {
        log.error("{} did not stop cleanly", next.name(), e);
      }
    }
  }
}
