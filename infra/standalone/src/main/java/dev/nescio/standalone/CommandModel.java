package dev.nescio.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model that a command asks directly, without Kafka. */
final class CommandModel implements AutoCloseable {

  /** What the user says of it beside {@code --model}. */
  static final class Options {

    @Option(
        names = "--adapter",
        paramLabel = "DIR",
        description = "An adapter in PEFT layout, or a model tuned as a whole.")
    Path adapter;

    @Mixin private ComputeOptions compute;

    /** What of it changes the results. */
    void describe(ObjectNode settings) {
      compute.describe(settings);
    }
  }

  private final LocalLanguageModel model;
  private final Optional<String> adapter;

  private CommandModel(LocalLanguageModel model, Optional<String> adapter) {
    this.model = model;
    this.adapter = adapter;
  }

  /**
   * Opens the model, with {@code <IDK>} only if the model or the adapter was trained with it: the log-probabilities are
   * those of the model as its files are.
   */
  static CommandModel open(ModelPlace place, Options options, Terminal terminal) throws IOException {
    boolean idk = options.adapter != null && trainedWithIdk(options.adapter);
    Path directory = Models.resolve(place, terminal);
    LocalLanguageModel model = LocalLanguageModels.open(options.compute.config(directory).withIdk(idk));
    try {
      Optional<String> id =
          options.adapter == null ? Optional.empty() : Optional.of(model.loadAdapter(options.adapter));
      return new CommandModel(model, id);
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  LocalLanguageModel model() {
    return model;
  }

  Optional<String> adapter() {
    return adapter;
  }

  /** Of base and adapter together. */
  String digest() {
    return model.digest(adapter);
  }

  @Override
  public void close() {
    model.close();
  }

  private static boolean trainedWithIdk(Path adapter) throws IOException {
    if (!Files.isDirectory(adapter)) throw new UserError("--adapter " + adapter + " is no directory");
    Path config = adapter.resolve("adapter_config.json");
    if (!Files.exists(config)) return true; // a model that was tuned as a whole; it is refused if it lacks the token
    JsonNode rows = new ObjectMapper().readTree(config.toFile()).path("trainable_token_indices");
    return !rows.isMissingNode() && !rows.isNull() && !rows.isEmpty();
  }
}
