package dev.nescio.loadtests.model;

import dev.nescio.loadtests.Machine;
import dev.nescio.loadtests.ReportFile;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.producers.BundledQuestions;
import dev.nescio.producers.QuestionItem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine;

/** The command that compares eight-bit weights with float32. */
@Command(
    name = "load-tests/weights-model",
    mixinStandardHelpOptions = true,
    description = "Measures what eight-bit weights change beside float32, on the bundled questions.")
final class WeightsModel implements Callable<Integer> {

  @Option(names = "--questions", paramLabel = "N", defaultValue = "300", description = "How many (default: ${DEFAULT-VALUE}).")
  private int questions;

  @Option(names = "--model", paramLabel = "MODEL", defaultValue = "default",
      description = "A directory, a .gguf file, hub:ID@REVISION or default (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(names = "--cache", paramLabel = "DIR", description = "Where models are kept (default: ~/.cache/nescio).")
  private Path cache = Path.of(System.getProperty("user.home"), ".cache", "nescio");

  @Option(names = "--output", paramLabel = "FILE", description = "Where the report goes, as JSON.")
  private Path output;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new WeightsModel()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path directory = ModelSource.parse(model, ModelSource.HUB).resolve(cache);
    List<QuestionItem> items = new Texts(BundledQuestions.worldFacts(), String::length).questions(questions, 0);
    WeightsReading exact = read(directory, WeightFormat.FLOAT32, items);
    WeightsReading rounded = read(directory, WeightFormat.INT8, items);
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("machine", Machine.here());
    report.put("questions", items.size());
    report.put("float32", exact.figures());
    report.put("int8", rounded.figures());
    report.put("change", exact.change(rounded));
    String text = ReportFile.json(report);
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
    if (output != null) ReportFile.writeText(output, text + "\n");
    return CommandLine.ExitCode.OK;
  }

  private static WeightsReading read(Path directory, WeightFormat format, List<QuestionItem> items) throws IOException {
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(directory).withWeights(format))) {
      return WeightsReading.of(model, items);
    }
  }
}
