package dev.nescio.standalone;

import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
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

  static ModelSource source(ModelPlace place) {
    try {
      return ModelSource.parse(place.model == null ? "default" : place.model, ModelSource.HUB);
    } catch (IllegalArgumentException e) {
      throw new UserError("--model " + e.getMessage(), e);
    }
  }

  /** A single file that is no GGUF is refused by its name, before it is read. */
  private static void requireKnownForm(ModelPlace place) {
    if (RemoteModels.named(place)) {
      throw new UserError("--model " + place.model + " is on a server, and this needs the files of a model: give a"
          + " directory, a .gguf file or hub:ID@REVISION. A server can answer for nescio up, without its trainer");
    }
    if (place.model == null || place.model.startsWith("hub:")) return;
    Path file = Path.of(place.model);
    if (!Files.isRegularFile(file) || place.model.endsWith(".gguf")) return;
    boolean pickle = PICKLES.stream().anyMatch(place.model::endsWith);
    throw new UserError(
        "--model " + file + (pickle ? " is a pickle, which could run code" : " is neither a directory nor a .gguf file")
            + "; give a directory with config.json, tokenizer.json and safetensors, or a .gguf file");
  }

  /** The model's directory in Hugging Face layout; fetched and imported when it is not there. */
  static Path resolve(ModelPlace place, Terminal terminal) throws IOException {
    requireKnownForm(place);
    ModelSource source = source(place);
    if (cached(place).isEmpty() && place.model == null) {
      terminal.line("Fetching " + source.name() + " (93 MB, once) ...");
    }
    long start = System.nanoTime();
    Path directory = source.resolve(place.cache);
    terminal.line(
        "Model %s in %s (%s)".formatted(
            source.name(), directory, Terminal.seconds(Duration.ofNanos(System.nanoTime() - start))));
    return directory;
  }

  /** Loads a model and warms it up. */
  static LocalLanguageModel load(LocalModelConfig config) throws IOException {
    LocalLanguageModel model = LocalLanguageModels.open(config);
    model.warmUp();
    return model;
  }

  /** The directory, if nothing has to be fetched for it. */
  static Optional<Path> cached(ModelPlace place) {
    if (place.model != null && !place.model.startsWith("hub:")) {
      return Optional.of(Path.of(place.model)).filter(Files::exists);
    }
    Path models = place.cache.resolve("models");
    if (!Files.isDirectory(models)) return Optional.empty();
    String name = source(place).name();
    try (Stream<Path> entries = Files.list(models)) {
      return entries.filter(entry -> entry.getFileName().toString().startsWith(name)).findFirst();
    } catch (IOException e) {
      throw new UserError("cannot list " + models + ": " + e.getMessage() + "; choose another cache with --cache", e);
    }
  }
}
