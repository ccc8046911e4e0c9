package dev.nescio.standalone;

import dev.nescio.standalone.SystemConfig.External;
import dev.nescio.standalone.SystemConfig.Part;
import dev.nescio.trainer.finetune.FineTuneConfig;
import dev.nescio.trainer.service.NightConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The system without demo traffic, until Ctrl-C. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Starts the system and stays up; nescio ask and nescio produce then talk to it.")
final class UpCommand implements Callable<Integer> {

  private static final Duration START_PATIENCE = Duration.ofMinutes(3);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

  @Mixin private StateOptions options;
  @Mixin private ModelPlace place;
  @Mixin private ComputeOptions compute;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Parts to start: ${COMPLETION-CANDIDATES} (default: all but the judge).")
  private List<Part> only = List.of();

  @Option(
      names = "--judge-model",
      paramLabel = "MODEL",
      description = "Starts the judge too, with this model directory (default of --only judge: the model that answers).")
  private Path judgeModel;

  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT", description = "An existing Kafka instead of the embedded one.")
  private String bootstrapServers;

  @Option(names = "--registry", paramLabel = "URL", description = "Its schema registry; needed with --bootstrap-servers.")
  private String registry;

  @Option(names = "--port", defaultValue = "8765", description = "Port of the page (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--partitions", defaultValue = "4", description = "Partitions of topics that are not there yet (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--server",
      paramLabel = "KEY=VALUE",
      description = "A setting of a model on a server: kind, concurrency, context.tokens, key.variable (the name of the"
          + " environment variable with its API key), retries, request.timeout.ms, ...; may be given several times.")
  private Map<String, String> server = new LinkedHashMap<>();

  @Option(names = "--seed", defaultValue = "0", description = "Seed of nights that bring none (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Terminal terminal = Terminal.of(spec.commandLine().getOut());
    Set<Part> parts = parts();
    Path directory = options.upDirectory();
    SystemConfig config =
        new SystemConfig(directory, port, external(), parts, partitions, NightConfig.standard(seed),
            Optional.ofNullable(judgeModel).map(compute::config));
    try (Session session = Session.open(directory, Session.Existing.KEPT, terminal)) {
      if (parts.contains(Part.DASHBOARD)) Ports.requireFree(port);
      boolean needsModel =
          parts.stream().anyMatch(part -> part.needsModel() && (part != Part.JUDGE || judgeModel == null));
      if (needsModel && RemoteModels.named(place)) {
        session.startWithRemote(config, RemoteModels.open(place, server));
      } else if (needsModel) {
        session.startWithModel(config, compute.config(Models.resolve(place, terminal)), FineTuneConfig.standard());
      } else {
        session.startWithoutModel(config);
      }
      session.system().awaitReady(START_PATIENCE);
      session.system().dashboard().ifPresent(page -> terminal.line("Page     " + page.url()));
      terminal.line("Up. Ask with: ./nescio ask \"Who wrote Hamlet?\"   Stop with Ctrl-C.");
      while (!Thread.currentThread().isInterrupted()) {
        session.system().requireWell();
        LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
      }
      return 0;
    }
  }

  /** The trainer changes weights, so it needs them here. */
  private Set<Part> parts() {
    Set<Part> parts = only.isEmpty() ? EnumSet.copyOf(Part.standard()) : EnumSet.copyOf(only);
    if (judgeModel != null) parts.add(Part.JUDGE);
    if (!RemoteModels.named(place)) {
      if (server.isEmpty()) return parts;
      throw new UserError("--server is for a model on a server: --model openai:http://HOST:PORT/v1#NAME");
    }
    if (!compute.isStandard()) {
      throw new UserError("--device, --dtype, --weights, --threads and --deterministic are for a model in this process, and"
          + " --model " + place.model + " is on a server");
    }
    if (only.contains(Part.TRAINER)) {
      throw new UserError("the trainer needs the files of the model, and --model " + place.model
          + " is on a server; start it on its own: nescio up --only trainer --model DIR");
    }
    parts.remove(Part.TRAINER);
    return parts;
  }

  private Optional<External> external() {
    if (bootstrapServers == null && registry == null) return Optional.empty();
    if (bootstrapServers == null || registry == null) {
      throw new UserError("--bootstrap-servers and --registry go together: give both or neither");
    }
    return Optional.of(new External(bootstrapServers, registry));
  }
}
