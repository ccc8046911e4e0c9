package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.FileTree;
import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The matrix's command. */
@Command(
    name = "load-tests/kill-matrix",
    mixinStandardHelpOptions = true,
    description = {
        "Ends, kills and stops evaluation, inference and brokers of a cluster of three at chosen moments, and compares"
            + " what is shown in the end with a batch computation.",
        "A seed makes a case; 27 seeds in a row are each kind once."},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing lost, nothing twice, every figure equal, every sleeper fenced",
        "1:a deviation, or the matrix could not be run", "2:wrong usage"})
public final class KillMatrix implements Callable<Integer> {

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
      description = "Of the first case (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--runs", paramLabel = "N", defaultValue = "54",
      description = "How many cases (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(names = "--questions", paramLabel = "N", defaultValue = "300",
      description = "Asked in each case; about twice as many other records go with them (default: ${DEFAULT-VALUE}).")
  private int questions;

  @Option(names = "--state", paramLabel = "DIR",
      description = "Where logs and stores go, empty or new; kept (default: a temporary one, removed after success).")
  private Path state;

  @Option(names = "--output", paramLabel = "FILE", description = "Where the report goes, as JSON.")
  private Path output;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** Runs the command and returns its exit code. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    return new CommandLine(new KillMatrix()).setOut(out).setErr(err)
        .setExecutionExceptionHandler((e, line, parsed) -> {
          line.getErr().println("kill-matrix: " + (e instanceof LoadTestException ? e.getMessage() : e));
          return CommandLine.ExitCode.SOFTWARE;
        }).execute(arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seed < 0) throw usage("--seed must be 0 or above, is " + seed);
    if (runs < 1) throw usage("--runs must be at least 1, is " + runs);
    if (questions < 50) throw usage("--questions must be at least 50, is " + questions);
    Path directory = directory();
    Machine machine = Machine.here();
    List<KillRecord> records = new ArrayList<>();
    Kills.Outcome outcome;
    try (Kills kills = Kills.start(directory, questions)) {
      line("cluster up after %.0f s; its logs are in %s", kills.startSeconds(), directory);
      line("%s", KillRecord.heading());
      for (long next : LongStream.range(seed, seed + runs).toArray()) {
        KillRecord record = kills.run(KillCase.of(next));
        records.add(record);
        line("%s", record.line());
        record.result().differences().stream().limit(10).forEach(difference -> line("      ! %s", difference));
        if (!record.passed()) break;
      }
      outcome = kills.outcome();
    }
    KillReport report = KillReport.of(machine, questions, records, outcome);
    line("%s", report.text());
    if (output != null) report.write(output);
    if (report.passed() && state == null) FileTree.delete(directory);
    return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private Path directory() throws IOException {
    if (state == null) return Files.createTempDirectory("nescio-kill-");
    if (Files.isDirectory(state)) {
      try (var entries = Files.list(state)) {
        if (entries.findAny().isPresent()) throw usage("--state " + state + " is not empty");
      }
    }
    return state.toAbsolutePath();
  }

  private CommandLine.ParameterException usage(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private void line(String format, Object... values) {
    spec.commandLine().getOut().printf(Locale.ROOT, format + "%n", values);
    spec.commandLine().getOut().flush();
  }
}
