package dev.nescio.loadtests;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The load test's command. Exit codes: 0 the workload passed, 1 it failed or could not be run, 2 wrong usage. */
@Command(
    name = "load-tests/run",
    mixinStandardHelpOptions = true,
    description = "Puts a workload on a running system and reports answers a second, latency and whether every question"
        + " has exactly one answer.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:the workload passed", "1:it failed or could not be run", "2:wrong usage"})
final class LoadTest implements Callable<Integer> {

  @Option(names = "--workload", required = true, paramLabel = "FILE", description = "A file of load-tests/workloads.")
  private Path workloadFile;

  @Option(names = "--output", required = true, paramLabel = "FILE", description = "Where the report goes, as JSON.")
  private Path output;

  @Option(names = "--launcher", paramLabel = "FILE", defaultValue = "./nescio",
      description = "The nescio command that is started (default: ${DEFAULT-VALUE}).")
  private Path launcher;

  @Option(names = "--state", paramLabel = "DIR",
      description = "State of the started system, kept afterwards; empty or missing (default: a temporary directory, kept"
          + " when the workload fails).")
  private Path state;

  @Option(names = "--model", paramLabel = "MODEL", description = "Handed to nescio up.")
  private String model;

  @Option(names = "--cache", paramLabel = "DIR", description = "Handed to nescio up.")
  private Path cache;

  @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT",
      description = "A system that runs already, instead of starting one.")
  private String bootstrapServers;

  @Option(names = "--registry", paramLabel = "URL", description = "Its schema registry; needed with --bootstrap-servers.")
  private String registry;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** What {@code main} does, for tests: everything but leaving the process. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new LoadTest()).setOut(out).setErr(err);
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      LoggerFactory.getLogger(LoadTest.class).debug("the workload could not be run", failure);
      err.println("load-tests: " + explain(failure));
      return CommandLine.ExitCode.SOFTWARE;
    });
    return line.execute(arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Workload workload = workload();
    Machine machine = Machine.here();
    Path directory = directory();
    Report report;
    try (SystemUnderTest system = system(workload, directory)) {
      line("%d questions over %.0f s to %s", Schedule.of(workload.phases()).size(),
          Schedule.of(workload.phases()).nanos() / 1e9, system.target().bootstrapServers());
      report = new LoadRun(workload, system, Clock.systemUTC(), System::nanoTime).run(machine);
    }
    report.write(output);
    spec.commandLine().getOut().print(ReportText.of(report));
    line("report      %s", output);
    if (report.passed() && state == null && bootstrapServers == null) FileTree.delete(directory);
    return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** A workload that cannot be read is wrong usage. */
  private Workload workload() {
    try {
      return Workload.read(workloadFile);
    } catch (LoadTestException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private SystemUnderTest system(Workload workload, Path directory) {
    if ((bootstrapServers == null) != (registry == null)) {
      throw usage("--bootstrap-servers and --registry go together: give both or neither");
    }
    if (bootstrapServers != null) {
      if (!workload.killAtSeconds().isEmpty() || workload.gradeAnswers()) {
        throw usage("a workload with killAtSeconds or gradeAnswers starts a system of its own: leave out --bootstrap-servers");
      }
      return new ForeignSystem(new Target(bootstrapServers, registry));
    }
    if (!Files.isExecutable(launcher)) throw usage("--launcher " + launcher + " is no command that can be run");
    List<String> options = new ArrayList<>();
    if (model != null) options.addAll(List.of("--model", model));
    if (cache != null) options.addAll(List.of("--cache", cache.toString()));
    line("starting    %s up --state %s", launcher, directory);
    return LaunchedSystem.start(List.of(launcher.toAbsolutePath().toString()), directory, options);
  }

  private Path directory() throws IOException {
    if (state == null) return Path.of(System.getProperty("java.io.tmpdir"), "nescio-load-" + ProcessHandle.current().pid());
    if (Files.isDirectory(state)) {
      try (var entries = Files.list(state)) {
        if (entries.findAny().isPresent()) throw usage("--state " + state + " is not empty: figures would be of old records too");
      }
    }
    return state;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void line(String format, Object... values) {
    spec.commandLine().getOut().printf(Locale.ROOT, format + "%n", values);
    spec.commandLine().getOut().flush();
  }

  private static String explain(Exception failure) {
    if (failure instanceof KafkaException) {
      return "the broker does not answer: " + failure.getMessage() + "; check that the system runs and its addresses";
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
