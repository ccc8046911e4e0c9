package dev.nescio.standalone;

import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.TorchModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the model that the options name. */
final class Models {

  private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".pkl", ".ckpt");

  private Models() {}

  static ModelSource source(CommonOptions options) {
    try {
      return ModelSource.parse(options.model == null ? "default" : options.model, ModelSource.HUB);
    } catch (IllegalArgumentException e) {
      throw new UserError("--model " + e.getMessage(), e);
    }
  }

  /** A single file that is no GGUF is refused by its name, before it is read. */
  private static void requireKnownForm(CommonOptions options) {
    if (RemoteModels.named(options)) {
      throw new UserError("--model " + options.model + " is on a server, and this needs the files of a model: give a"
          + " directory, a .gguf file or hub:ID@REVISION. A server can answer for nescio up, without its trainer");
    }
    if (options.model == null || options.model.startsWith("hub:")) return;
    Path file = Path.of(options.model);
    if (!Files.isRegularFile(file) || options.model.endsWith(".gguf")) return;
    boolean pickle = PICKLES.stream().anyMatch(options.model::endsWith);
    throw new UserError(
        "--model " + file + (pickle ? " is a pickle, which could run code" : " is neither a directory nor a .gguf file")
            + "; give a directory with config.json, tokenizer.json and safetensors, or a .gguf file");
  }

  /** The model's directory in Hugging Face layout; fetched and imported when it is not there. */
  static Path resolve(CommonOptions options, Terminal terminal) throws IOException {
    requireKnownForm(options);
    ModelSource source = source(options);
    if (cached(options).isEmpty() && options.model == null) {
      terminal.line("Fetching " + source.name() + " (93 MB, once) ...");
    }
    long start = System.nanoTime();
    Path directory = source.resolve(options.cache);
    terminal.line(
        "Model %s in %s (%s)".formatted(
            source.name(), directory, Terminal.seconds(Duration.ofNanos(System.nanoTime() - start))));
    return directory;
  }

  /** Loads a model directory with {@code <IDK>} and warms it up. */
  static LocalLanguageModel load(Path directory) throws IOException {
    LocalLanguageModel model = LocalLanguageModels.open(TorchModelConfig.of(directory));
    model.warmUp();
    return model;
  }

  /** The directory, if nothing has to be fetched for it. */
  static Optional<Path> cached(CommonOptions options) {
    if (options.model != null && !options.model.startsWith("hub:")) {
      return Optional.of(Path.of(options.model)).filter(Files::exists);
    }
    Path models = options.cache.resolve("models");
    if (!Files.isDirectory(models)) return Optional.empty();
    String name = source(options).name();
    try (Stream<Path> entries = Files.list(models)) {
      return entries.filter(entry -> entry.getFileName().toString().startsWith(name)).findFirst();
    } catch (IOException e) {
      throw new UserError("cannot list " + models + ": " + e.getMessage() + "; choose another cache with --cache", e);
    }
  }
}
