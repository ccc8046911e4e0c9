package dev.nescio.loadtests.inference;

import dev.nescio.loadtests.FileTree;
import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.producers.BundledQuestions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** The command that compares flowing questions with batches. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "load-tests/benchmark-flow",
    mixinStandardHelpOptions = true,
    description = "Sends questions with answers of mixed lengths (70 % of 8 tokens, 20 % of 32, 10 % of 128) through"
        + " inference, batch after batch and flowing, by turns in one run.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:it could not be run", "2:wrong usage"})
final class BenchmarkFlow implements Callable<Integer> {

  private static final int SHORT = 8;
  private static final int[] TEN = {SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, 32, 32, 128};

  @Option(names = "--questions", paramLabel = "N", description = "In each run (default: ${DEFAULT-VALUE}).")
  private int questions = 100;

  @Option(names = "--runs", paramLabel = "N", description = "Measured runs of each way (default: ${DEFAULT-VALUE}).")
  private int runs = 3;

  @Option(names = "--rows", paramLabel = "N",
      description = "Questions in the model at the same time (default: ${DEFAULT-VALUE}).")
  private int rows = 16;

  @Option(names = "--seed", paramLabel = "N", description = "Of the order of lengths (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--model", paramLabel = "MODEL", defaultValue = "default",
      description = "A directory, a .gguf file, hub:ID@REVISION or default (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(names = "--cache", paramLabel = "DIR", description = "Where models are kept (default: ~/.cache/nescio).")
  private Path cache = Path.of(System.getProperty("user.home"), ".cache", "nescio");

  @Option(names = "--output", paramLabel = "FILE", description = "Where the report goes, as JSON.")
  private Path output;

  @Spec private CommandSpec spec;

  /**
   * Some runs of one way.
   *
   * @param questionsPerSecond of each run
   * @param shortMedian        seconds to the committed answer, median of the short answers of each run
   * @param shortP95           the same, 95th percentile
   */
  record Figures(List<Double> questionsPerSecond, List<Double> shortMedian, List<Double> shortP95) {
    Figures() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  /** @param ratio questions a second, flowing over batches, of runs that stood beside each other */
  record Report(Machine machine, int questions, int rows, Figures batches, Figures flowing, List<Double> ratio) {}

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** What {@code main} does, for tests: everything but leaving the process. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new BenchmarkFlow()).setOut(out).setErr(err);
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      LoggerFactory.getLogger(BenchmarkFlow.class).debug("the benchmark could not be run", failure);
      err.println("benchmark-flow: " + (failure.getMessage() == null ? failure : failure.getMessage()));
      return CommandLine.ExitCode.SOFTWARE;
    });
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    if (questions < 1 || runs < 1 || rows < 1) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--questions, --runs and --rows must be at least 1");
    }
    Machine machine = Machine.here();
    Random random = new Random(seed);
    List<Integer> lengths = new ArrayList<>(IntStream.range(0, questions).mapToObj(i -> TEN[i % TEN.length]).toList());
    Collections.shuffle(lengths, random);
    FlowRun run = new FlowRun(BundledQuestions.worldFacts(), lengths, rows);
    Figures batches = new Figures();
    Figures flowing = new Figures();
    List<Double> ratio = new ArrayList<>();
    LocalModelConfig config = LocalModelConfig.of(ModelSource.parse(model, ModelSource.HUB).resolve(cache));
    try (LocalLanguageModel opened = LocalLanguageModels.open(config)) {
      opened.warmUp();
      for (int i = 0; i < runs; i++) {
        FlowRun.Done before = done(run, new FixedLengths(opened, false));
        FlowRun.Done after = done(run, new FixedLengths(opened, true));
        add(batches, before, lengths);
        add(flowing, after, lengths);
        ratio.add(before.seconds() / after.seconds());
        line("run %d: batches %.2f questions/s, flowing %.2f, ratio %.2f", i + 1, last(batches.questionsPerSecond()),
            last(flowing.questionsPerSecond()), last(ratio));
      }
    }
    table(batches, flowing, ratio);
    if (output != null) {
      ReportFile.write(output, new Report(machine, questions, rows, batches, flowing, ratio));
    }
    return CommandLine.ExitCode.OK;
  }

  private static FlowRun.Done done(FlowRun run, FixedLengths model) throws IOException {
    Path directory = Files.createTempDirectory("nescio-flow");
    try {
      return run.run(model, directory);
    } finally {
      FileTree.delete(directory);
    }
  }

  private static void add(Figures figures, FlowRun.Done done, List<Integer> lengths) {
    figures.questionsPerSecond().add(lengths.size() / done.seconds());
    List<Double> quick =
        IntStream.range(0, lengths.size()).filter(i -> lengths.get(i) == SHORT).mapToObj(done.latency()::get)
            .sorted().toList();
    figures.shortMedian().add(at(quick, 0.5));
    figures.shortP95().add(at(quick, 0.95));
  }

  private void table(Figures batches, Figures flowing, List<Double> ratio) {
    line("");
    line("median of %d runs       batches   flowing", runs);
    line("questions/s           %9.2f %9.2f", median(batches.questionsPerSecond()),
        median(flowing.questionsPerSecond()));
    line("short answers, median %8.2fs %8.2fs", median(batches.shortMedian()), median(flowing.shortMedian()));
    line("short answers, p95    %8.2fs %8.2fs", median(batches.shortP95()), median(flowing.shortP95()));
    line("ratio of questions/s  %.2f (%.2f-%.2f)", median(ratio), ratio.stream().min(Double::compare).orElseThrow(),
        ratio.stream().max(Double::compare).orElseThrow());
  }

  private static double median(List<Double> values) {
    return at(values.stream().sorted().toList(), 0.5);
  }

  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }

  private static double last(List<Double> values) {
    return values.getLast();
  }

  private void line(String format, Object... values) {
    spec.commandLine().getOut().printf(Locale.ROOT, format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
