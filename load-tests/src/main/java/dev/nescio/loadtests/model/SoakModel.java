package dev.nescio.loadtests.model;

import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/** The soak's command. */
@Command(
    name = "load-tests/soak-model",
    mixinStandardHelpOptions = true,
    description = "Works the language model for a long time and shows that its memory stays as it is.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the memory stayed as it was", "1:it grew or was too much, or the soak could not be run", "2:wrong usage"
    })
final class SoakModel implements Callable<Integer> {

  private static final long MB = 1_000_000;

  @Option(names = "--minutes", paramLabel = "N", defaultValue = "60", description = "How long (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(names = "--model", paramLabel = "MODEL", defaultValue = "default",
      description = "A directory, a .gguf file, hub:ID@REVISION or default (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(names = "--cache", paramLabel = "DIR", description = "Where models are kept (default: ~/.cache/nescio).")
  private Path cache = Path.of(System.getProperty("user.home"), ".cache", "nescio");

  @Option(names = "--adapter", paramLabel = "DIR", description = "To load and drop; may be given several times"
      + " (default: two that are drawn at random).")
  private List<Path> adapters = List.of();

  @Option(names = "--no-adapter", description = "Work on the model alone.")
  private boolean alone;

  @Option(names = "--engine", description = "With the engine, as on a GPU, instead of our kernels.")
  private boolean engine;

  @Option(names = "--at-most-mb", paramLabel = "N",
      description = "Also fail when more MB (10^6 bytes) were resident at any moment, opening the model included"
          + " (default: no bound).")
  private long atMost = Long.MAX_VALUE / MB;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Of the work (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--output", paramLabel = "FILE", description = "Where the report goes, as JSON.")
  private Path output;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SoakModel()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (alone && !adapters.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--no-adapter and --adapter exclude each other");
    }
    if (!(minutes > 0)) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--minutes must be above 0, is " + minutes);
    }
    PrintWriter out = spec.commandLine().getOut();
    Machine machine = Machine.here();
    Path directory = ModelSource.parse(model, ModelSource.HUB).resolve(cache);
    try (DrawnAdapters drawn = DrawnAdapters.write(alone || !adapters.isEmpty() ? 0 : 2, directory, seed);
        LocalLanguageModel opened = LocalLanguageModels.open(LocalModelConfig.of(directory).withKernels(!engine))) {
      Soak.Outcome outcome = new Soak(opened, drawn.or(adapters), seed).run(Duration.ofMillis(Math.round(minutes * 60_000)),
          reading -> out.printf("%7.0f s  resident %5d MB%n", reading.seconds(), reading.residentBytes() / MB));
      out.printf("%d rounds, %d tokens; at most %d MB resident; last third against the one before: %+d MB; %d rounds"
          + " left blocks or arrays behind%n", outcome.rounds(), outcome.tokens(), outcome.peakBytes() / MB,
          outcome.growthBytes() / MB, outcome.forgotten());
      out.flush();
      if (output != null) write(machine, opened, outcome);
      boolean fine = outcome.isFlat() && outcome.peakBytes() <= atMost * MB;
      return fine ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
  }

  private void write(Machine machine, LocalLanguageModel opened, Soak.Outcome outcome) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("model", opened.identity().name());
    report.put("machine", machine);
    report.put("engine", engine);
    report.put("seed", seed);
    report.put("growthBytes", outcome.growthBytes());
    report.put("outcome", outcome);
    ReportFile.write(output, report);
  }
}
