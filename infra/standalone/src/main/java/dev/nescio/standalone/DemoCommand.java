package dev.nescio.standalone;

import dev.nescio.producers.QuestionItem;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.Split;
import dev.nescio.trainer.recipes.SplitConfig;
import dev.nescio.trainer.service.NightConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job on real input, from questions to a table. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Everything in one process: live calibration of a small model on bundled questions, one night of training, and a"
            + " table of what came of it. Under 12 minutes on two cores.")
final class DemoCommand implements Callable<Integer> {

  private static final String SALT = "nescio-demo";
  private static final int PARTITIONS = 4;
  /** Below the 100 of production: the untuned model says nothing to a third of the 150 questions, so scores are few. */
  private static final int MINIMUM_FIT = 50;
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  @Mixin private StateOptions options;
  @Mixin private ModelPlace place;
  @Mixin private ComputeOptions compute;

  @Option(
      names = "--questions",
      paramLabel = "N",
      defaultValue = "760",
      description = "Questions at most, over all four splits (default: ${DEFAULT-VALUE}).")
  private int questions;

  @Option(names = "--data", paramLabel = "FILE", description = "Questions of your own: JSON Lines with question and answers.")
  private Path data;

  @Option(names = "--port", defaultValue = "8765", description = "Port of the page, 0 for any (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--seed", defaultValue = "0", description = "Everything drawn depends on it (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--report", paramLabel = "FILE", description = "Writes everything measured as JSON.")
  private Path report;

  @Option(names = "--keep", description = "Stays up after the table, until Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--tune",
      paramLabel = "NAME=VALUE",
      description = "A fine-tuning setting, for example --tune method=full or --tune epochs=2; may be repeated.")
  private Map<String, String> tune = Map.of();

  @Option(
      names = "--protocol",
      defaultValue = "base-fewshot",
      description = "How knowledge is scored: base-fewshot or cross-fitted (default: ${DEFAULT-VALUE}).")
  private String protocol;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Terminal terminal = Terminal.of(spec.commandLine().getOut());
    SplitConfig split = SplitConfig.demo(SALT);
    NightConfig night = night(split);
    FineTuneConfig fineTune = fineTune();
    List<QuestionItem> items = Items.limit(Items.load(Optional.ofNullable(data)), questions, split);
    DataSplit.Parts<KnowledgeItem> parts =
        new DataSplit(split).split(items.stream().map(Items::knowledge).toList());
    SystemConfig config =
        new SystemConfig(
            options.demoDirectory(), port, Optional.empty(), SystemConfig.Part.standard(), PARTITIONS, night);
    if (report != null) DemoReport.requireWritable(report);
    try (Session session = Session.open(options.demoDirectory(), Session.Existing.CLEARED, terminal)) {
      Ports.requireFree(port);
      DemoReport results = new DemoReport(configuration(parts, night, fineTune));
      session.startWithModel(config, compute.config(Models.resolve(place, terminal)), fineTune);
      session.system().awaitReady(START_PATIENCE);
      terminal.line("Page     " + session.system().dashboard().orElseThrow().url());
      try (LiveView view = new LiveView(session.system().clients(), session.system().registry())) {
        DemoTraffic traffic =
            new DemoTraffic(session.system().clients(), session.system().registry(), items, Clock.systemUTC());
        new Demo(session.system(), session.model(), night, parts, traffic, view, terminal, seed, results).run();
      }
      results.note("records_per_topic", TopicCounts.count(session.system().clients()));
      results.note("inference", new TreeMap<>(session.system().inferenceFigures()));
      if (report != null) {
        results.writeTo(report);
        terminal.line("Report: " + report.toAbsolutePath());
      }
      terminal.line(results.accountingClosed()
          ? "Accounting closed: every label and every answer is in exactly one class."
          : "Accounting NOT closed: see the accounting part of the report.");
      if (keep) {
        terminal.line("Staying up at " + session.system().dashboard().orElseThrow().url() + " until Ctrl-C.");
        awaitStop();
      }
      return results.accountingClosed() ? 0 : 1;
    }
  }

  private static void awaitStop() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new StoppedException();
    }
  }

  private NightConfig night(SplitConfig split) {
    if (questions < 40) throw new UserError("--questions must be at least 40, is " + questions);
    try {
      return NightConfig.standard(seed).withSplit(split).withMinimumFit(MINIMUM_FIT).with(Map.of("protocol", protocol), seed);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private FineTuneConfig fineTune() {
    try {
      return FineTuneConfig.of(tune);
    } catch (IllegalArgumentException e) {
      throw new UserError("--tune: " + e.getMessage(), e);
    }
  }

  private Map<String, Object> configuration(
      DataSplit.Parts<KnowledgeItem> parts, NightConfig night, FineTuneConfig fineTune) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("data", data == null ? "bundled world-facts" : data.toString());
    json.put("seed", seed);
    for (Split split : Split.values()) json.put(split.name().toLowerCase(java.util.Locale.ROOT), parts.get(split).size());
    json.put("grader", night.grader());
    json.put("estimator", night.estimator());
    json.put("alpha", night.policy().alpha());
    json.put("protocol", night.protocol().id());
    json.put("samples", night.samples());
    json.put("fine_tuning", fineTune.toMap());
    json.put("java", Runtime.version().toString());
    json.put("cores", Runtime.getRuntime().availableProcessors());
    return json;
  }
}
