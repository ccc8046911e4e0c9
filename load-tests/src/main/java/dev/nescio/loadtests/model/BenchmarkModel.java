package dev.nescio.loadtests.model;

import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Machine;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.torch.Torch;
import dev.nescio.producers.BundledQuestions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** The benchmark's command. Exit codes: 0 every required ratio is reached, 1 not, or it failed, 2 wrong usage. */
@Command(
    name = "load-tests/benchmark-model",
    mixinStandardHelpOptions = true,
    description = "Runs the language model and the trainer beside transformers and PEFT, by turns on this machine, and"
        + " reports tokens a second and their ratio.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:every required ratio is reached", "1:one is missed, or a side failed", "2:wrong usage"})
final class BenchmarkModel implements Callable<Integer> {

  @Option(names = "--only", arity = "1..*", split = ",", paramLabel = "NAME", description = "Only these workloads.")
  private List<String> only = List.of();

  @Option(names = "--runs", paramLabel = "N", description = "Measured runs of each side (default: the workload's).")
  private Integer runs;

  @Option(names = "--output", required = true, paramLabel = "FILE",
      description = "Where the report goes, as JSON; a table is written beside it as .md.")
  private Path output;

  @Option(names = "--workloads", paramLabel = "DIR", defaultValue = "load-tests/model-workloads",
      description = "Files of workloads (default: ${DEFAULT-VALUE}).")
  private Path workloads;

  @Option(names = "--model", paramLabel = "MODEL", defaultValue = "default",
      description = "A directory, a .gguf file, hub:ID@REVISION or default (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(names = "--cache", paramLabel = "DIR", description = "Where models are kept (default: ~/.cache/nescio).")
  private Path cache = Path.of(System.getProperty("user.home"), ".cache", "nescio");

  @Option(names = "--threads", paramLabel = "N", description = "Of one operation, on both sides (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--weights", paramLabel = "FORMAT", defaultValue = "FLOAT32",
      description = "How our side keeps its weights: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private WeightFormat weights;

  @Option(names = "--engine", description = "Compute with the engine, even where the kernels could.")
  private boolean engine;

  @Option(names = "--peer-python", required = true, paramLabel = "FILE",
      description = "A Python with the packages of load-tests/peer/requirements.txt.")
  private Path python;

  @Option(names = "--peer", paramLabel = "FILE", defaultValue = "load-tests/peer/peer.py",
      description = "The peer's program (default: ${DEFAULT-VALUE}); of another one"
      + " only the same speed is required.")
  private Path peer;

  @Option(names = "--peer-model", paramLabel = "FILE", description = "What the peer loads (default: the same directory).")
  private Path peerModel;

  @Option(names = "--commit", paramLabel = "ID", description = "Of what is measured, for the report.")
  private String commit;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** What {@code main} does, for tests: everything but leaving the process. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new BenchmarkModel()).setOut(out).setErr(err);
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      LoggerFactory.getLogger(BenchmarkModel.class).debug("the benchmark could not be run", failure);
      err.println("benchmark-model: " + (failure.getMessage() == null ? failure : failure.getMessage()));
      return CommandLine.ExitCode.SOFTWARE;
    });
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    List<ModelWorkload> chosen = chosen();
    Machine machine = Machine.here();
    String startedAt = Clock.systemUTC().instant().toString();
    long start = System.nanoTime();
    Path directory = ModelSource.parse(model, ModelSource.HUB).resolve(cache);
    Path scratch = Files.createTempDirectory("nescio-benchmark");
    List<Comparison> comparisons = new ArrayList<>();
    Map<String, String> versions = new LinkedHashMap<>();
    ModelReport report;
    LocalModelConfig config = LocalModelConfig.of(directory).withThreads(threads).withWeights(weights)
        .withKernels(!engine);
    try (OurSide ours = new OurSide(LocalLanguageModels.open(config), directory, scratch)) {
      ours.warmUp();
      // PEFT changes the model that it is given, so training has a process of its own; never two at once.
      for (Class<? extends ModelWorkload> kind : List.of(ModelWorkload.Generate.class, ModelWorkload.Train.class)) {
        List<ModelWorkload> ofKind = chosen.stream().filter(kind::isInstance).toList();
        if (!ofKind.isEmpty()) comparisons.addAll(compare(ofKind, ours, directory, versions));
      }
      Map<String, String> own = Map.of("libtorch", Torch.engine().getVersion(), "Java", Runtime.version().toString());
      report = new ModelReport(startedAt, (System.nanoTime() - start) / 1e9, commit, machine, VectorFlags.here(),
          threads, ours.model(weights), own, versions, comparisons);
    }
    report.write(output);
    spec.commandLine().getOut().print(ModelReportText.of(report));
    line("report      %s and %s", output, ModelReport.table(output));
    boolean reached = comparisons.stream().noneMatch(c -> c.reached() == Comparison.Reached.NEITHER);
    return reached ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private List<Comparison> compare(
      List<ModelWorkload> chosen, OurSide ours, Path directory, Map<String, String> versions) throws IOException {
    List<Comparison> comparisons = new ArrayList<>();
    Path log = Files.createTempFile("nescio-peer", ".log");
    Path loaded = peerModel == null ? directory : peerModel;
    try (PeerProcess process = PeerProcess.start(python, peer, loaded, threads, log)) {
      versions.putAll(process.versions());
      Turns turns = new Turns(ours.tasks(BundledQuestions.worldFacts())::of, ours, process, text -> line("%s", text));
      for (ModelWorkload workload : chosen) {
        comparisons.add(turns.compare(workload, runs == null ? workload.runs() : runs));
      }
    }
    Files.delete(log);
    return comparisons;
  }

  private List<ModelWorkload> chosen() {
    if (runs != null && runs < 1) throw usage("--runs must be at least 1, is " + runs);
    if (threads < 1) throw usage("--threads must be at least 1, is " + threads);
    if (!Files.isExecutable(python)) throw usage("--peer-python " + python + " is no program that can be run");
    if (peerModel != null && !Files.exists(peerModel)) throw usage("--peer-model " + peerModel + " does not exist");
    if (!Files.isRegularFile(peer)) throw usage("--peer " + peer + " does not exist");
    List<ModelWorkload> all;
    try {
      all = ModelWorkload.readAll(workloads);
    } catch (LoadTestException e) {
      throw usage(e.getMessage());
    }
    List<String> names = all.stream().map(ModelWorkload::name).toList();
    for (String name : only) {
      if (!names.contains(name)) throw usage("no workload " + name + "; there are " + String.join(", ", names));
    }
    // The marks in the files are for transformers and PEFT.
    boolean standard = peer.endsWith("peer.py");
    return all.stream().filter(workload -> only.isEmpty() || only.contains(workload.name()))
        .map(workload -> standard ? workload : workload.atPar()).toList();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void line(String format, Object... values) {
    spec.commandLine().getOut().printf(Locale.ROOT, format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
