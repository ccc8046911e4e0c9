package dev.nescio.standalone;

import dev.nescio.model.ModelSummary;
import dev.nescio.model.gguf.GgufImport;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Model files: fetch, import, look at. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    description = "Fetches, imports and checks model files.",
    subcommands = {
      ModelCommand.Get.class, ModelCommand.Import.class, ModelCommand.Info.class, ModelCheckCommand.class
    })
final class ModelCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do: nescio model get, import, info or check");
  }

  @Command(name = "get", mixinStandardHelpOptions = true, description = "Fetches a model into the cache.")
  static final class Get implements Callable<Integer> {
    @Mixin private ModelPlace place;
    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      Models.resolve(place, Terminal.of(spec.commandLine().getOut()));
      return 0;
    }
  }

  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description = "Imports a .gguf file into a directory in Hugging Face layout.")
  static final class Import implements Callable<Integer> {
    @Parameters(paramLabel = "FILE.gguf", description = "The file to read.")
    private Path gguf;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "A directory that is not there yet.")
    private Path output;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      GgufImport.importTo(gguf, output);
      spec.commandLine().getOut().println("imported into " + output);
      return 0;
    }
  }

  @Command(name = "info", mixinStandardHelpOptions = true, description = "Shows what a model directory holds.")
  static final class Info implements Callable<Integer> {
    @Mixin private ModelPlace place;

    @Option(
        names = "--adapter",
        paramLabel = "DIR",
        description = "Also say whether this adapter fits the model; the exit code is 1 when it does not.")
    private Path adapter;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Path directory = Models.resolve(place, Terminal.of(out));
      ModelSummary.of(directory).forEach((what, text) -> out.printf("%-9s %s%n", what, text));
      if (adapter == null) return 0;
      PeftAdapter read = PeftAdapter.read(adapter, LlamaConfig.read(directory));
      out.printf("%-9s %s fits: rank %d on %s, %s%n", "adapter", adapter, read.rank(),
          read.targets().stream().map(Projection::module).toList(),
          read.idkId().map(id -> "<IDK> as token " + id).orElse("without <IDK>"));
      return 0;
    }
  }
}
