package dev.nescio.loadtests.server;

import dev.nescio.language.openai.OpenAiConfig;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.language.openai.ServerException;
import dev.nescio.loadtests.ReportFile;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.producers.BundledQuestions;
import dev.nescio.producers.QuestionItem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine;

/** The command that asks a running server for everything that our client may ask for. */
@Command(
    name = "load-tests/check-server",
    mixinStandardHelpOptions = true,
    description = "Asks a server with OpenAI's interface for all that nescio's client may ask for, and says what came.",
    footer = "Exit code 1: something that the client promises of this server did not hold.")
public final class CheckServer implements Callable<Integer> {

  private static final String LEAD = "Question: What is the capital of Austria?\nAnswer: Vienna\n\nQuestion: ";

  @Option(names = "--model", paramLabel = "openai:URL#NAME", required = true, description = "As for ./nescio up.")
  private String model;

  @Option(names = "--server", paramLabel = "KEY=VALUE", description = "Settings of the server, as for ./nescio up.")
  private Map<String, String> server = Map.of();

  @Option(names = "--beside", paramLabel = "MODEL",
      description = "The same model as files, to compare with: a directory, a .gguf file, hub:ID@REVISION or default.")
  private String beside;

  @Option(names = "--idk", description = "Open the model beside it with <IDK>, as a nescio serves it.")
  private boolean idk;

  @Option(names = "--adapter", paramLabel = "NAME=DIR", description = "An adapter that the server serves as NAME.")
  private Map<String, Path> adapter = Map.of();

  @Option(names = "--prompts", paramLabel = "N", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
  private int prompts;

  @Option(names = "--only", paramLabel = "CHECK", split = ",", description = "Names of checks (default: all of them).")
  private Set<String> only = Set.of();

  @Option(names = "--at-most", paramLabel = "NATS", defaultValue = "Infinity",
      description = "Greatest difference of a log-probability that still passes (default: any).")
  private double atMost;

  @Option(names = "--cache", paramLabel = "DIR", description = "Where models are kept (default: ~/.cache/nescio).")
  private Path cache = Path.of(System.getProperty("user.home"), ".cache", "nescio");

  @Option(names = "--output", paramLabel = "FILE", description = "Where the report goes, as JSON.")
  private Path output;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CheckServer()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    if (prompts < 2) throw new ParameterException(spec.commandLine(), "--prompts must be at least 2, is " + prompts);
    checks();
    if (adapter.size() > 1) throw new ParameterException(spec.commandLine(), "--adapter can be given once");
    PrintWriter out = spec.commandLine().getOut();
    OpenAiConfig config;
    try {
      config = OpenAiConfig.parse(model, server);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    try (OpenAiModel remote = OpenAiModel.open(config, System::getenv)) {
      if (beside == null) return check(remote, config, Optional.empty(), out);
      Path directory = ModelSource.parse(beside, ModelSource.HUB).resolve(cache);
      try (LocalLanguageModel local = LocalLanguageModels.open(LocalModelConfig.of(directory).withIdk(idk))) {
        return check(remote, config, Optional.of(local), out);
      }
    } catch (ServerException | IllegalArgumentException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private int check(OpenAiModel remote, OpenAiConfig config, Optional<LocalLanguageModel> local, PrintWriter out)
      throws IOException {
    Optional<String> name = adapter.keySet().stream().findFirst();
    Optional<String> loaded = Optional.empty();
    if (local.isPresent() && name.isPresent()) loaded = Optional.of(local.get().loadAdapter(adapter.get(name.get())));
    Subject subject = new Subject(remote, config, local, name, loaded, questions(), atMost);
    out.println(remote.identity().name() + " on a " + remote.kind().name() + " server, "
        + remote.identity().contextTokens() + " tokens of context; evidence " + remote.evidence());
    List<Finding> findings = new ArrayList<>();
    for (Check check : checks()) {
      Finding finding = check.run(subject);
      findings.add(finding);
      out.printf("%-8s %-32s %s%n", finding.outcome(), finding.check(), finding.words());
      out.flush();
    }
    if (output != null) ReportFile.write(output, report(remote, findings));
    boolean broken = findings.stream().anyMatch(finding -> finding.outcome() == Finding.Outcome.BROKEN);
    return broken ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
  }

  private List<Check> checks() {
    List<Check> all = Stream.concat(AnswerChecks.all().stream(), LimitChecks.all().stream()).toList();
    List<String> names = all.stream().map(Check::name).toList();
    for (String name : only) {
      if (names.contains(name)) continue;
      throw new ParameterException(
          spec.commandLine(), "no check is called \"" + name + "\"; there are " + String.join(", ", names));
    }
    return all.stream().filter(check -> only.isEmpty() || only.contains(check.name())).toList();
  }

  private static Map<String, Object> report(OpenAiModel remote, List<Finding> findings) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("kind", remote.kind().name());
    report.put("contextTokens", remote.identity().contextTokens());
    report.put("evidence", remote.evidence().stream().sorted().toList());
    report.put("findings", findings);
    return report;
  }

  private List<String> questions() {
    return BundledQuestions.worldFacts().stream().map(QuestionItem::text).distinct().limit(prompts)
        .map(text -> LEAD + text + "\nAnswer:").toList();
  }
}
