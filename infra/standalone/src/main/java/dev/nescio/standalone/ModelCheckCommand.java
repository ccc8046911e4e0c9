package dev.nescio.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.ModelCheck;
import dev.nescio.model.ModelCheck.Finding;
import dev.nescio.model.ModelCheck.Level;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.torch.TorchDevice;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Examines a model before it is relied on. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Examines a model: configuration, every tensor (shape, finite values), tokenizer, special tokens, chat template,"
          + " and a short forward. Ends with PASS, or FAIL and exit code 1.",
      "Example: nescio model check ./my-model"
    })
final class ModelCheckCommand implements Callable<Integer> {

  enum Format {
    TEXT,
    JSON
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A model directory or a .gguf file, which is imported into the cache (default: that of --model).")
  private Path given;

  @Mixin private ModelPlace place;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description = "Where the forward runs: cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).",
      defaultValue = "cpu")
  private String device;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "What it computes in: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "FLOAT32")
  private FloatType dataType;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "TEXT")
  private Format format;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    TorchDevice where;
    try {
      where = TorchDevice.parse(device);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--device: " + e.getMessage(), e);
    }
    Path directory = directory();
    List<Finding> findings = ModelCheck.of(directory, where, dataType);
    boolean passed = findings.stream().noneMatch(finding -> finding.level() == Level.FAIL);
    PrintWriter out = spec.commandLine().getOut();
    if (format == Format.JSON) {
      out.println(json(directory, findings, passed));
    } else {
      for (Finding finding : findings) {
        out.printf("%-5s %-10s %s%n", finding.level().name().toLowerCase(Locale.ROOT), finding.thing(),
            finding.text());
      }
      out.println((passed ? "PASS " : "FAIL ") + directory);
    }
    return passed ? 0 : 1;
  }

  /** A directory is taken as it is, so that all that is wrong with it is told and not only the first thing. */
  private Path directory() throws IOException {
    if (given != null) place.model = given.toString();
    if (place.model != null && Files.isDirectory(Path.of(place.model))) return Path.of(place.model);
    return Models.resolve(place, Terminal.of(spec.commandLine().getErr()));
  }

  private static String json(Path directory, List<Finding> findings, boolean passed) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode().put("model", directory.toString()).put("passed", passed);
    ArrayNode list = json.putArray("findings");
    for (Finding finding : findings) {
      list.addObject().put("thing", finding.thing()).put("level", finding.level().name()).put("text", finding.text());
    }
    return json.toString();
  }
}
