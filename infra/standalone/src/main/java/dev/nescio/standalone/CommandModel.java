package dev.nescio.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.TorchModelConfig;
import dev.nescio.model.torch.TorchDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
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

    @Option(
        names = "--threads",
        paramLabel = "N",
        defaultValue = "0",
        description = "Threads of one operation; 0 leaves it to the engine (default).")
    int threads;

    @Option(
        names = "--device",
        paramLabel = "DEVICE",
        defaultValue = "cpu",
        description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    String device;

    @Option(
        names = "--dtype",
        paramLabel = "TYPE",
        defaultValue = "float32",
        description = "${COMPLETION-CANDIDATES}; the CPU computes float32 only (default: ${DEFAULT-VALUE}).")
    FloatType dataType;

    @Option(
        names = "--weights",
        paramLabel = "FORMAT",
        defaultValue = "float32",
        description = "${COMPLETION-CANDIDATES}; int8 is faster on a CPU and less exact (default: ${DEFAULT-VALUE}).")
    WeightFormat weights;

    @Option(
        names = "--deterministic",
        description = "Equal requests give equal bits, whatever else is in the file. On a CPU this is always so;"
            + " elsewhere it is slow.")
    boolean deterministic;

    private TorchModelConfig config(Path directory, boolean idk) {
      if (threads < 0) throw new UserError("--threads must be 0 or above, is " + threads);
      try {
        return TorchModelConfig.of(directory).withIdk(idk).withThreads(threads)
            .withDevice(TorchDevice.parse(device)).withDataType(dataType).withWeights(weights)
            .withDeterministic(deterministic);
      } catch (IllegalArgumentException e) {
        throw new UserError("how to open the model: " + e.getMessage(), e);
      }
    }

    /** What of it changes the results. */
    void describe(ObjectNode settings) {
      settings.put("device", device).put("dtype", dataType.name().toLowerCase(Locale.ROOT))
          .put("weights", weights.name().toLowerCase(Locale.ROOT)).put("deterministic", deterministic);
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
  static CommandModel open(CommonOptions common, Options options, Terminal terminal) throws IOException {
    boolean idk = options.adapter != null && trainedWithIdk(options.adapter);
    Path directory = Models.resolve(common, terminal);
    LocalLanguageModel model = LocalLanguageModels.open(options.config(directory, idk));
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
