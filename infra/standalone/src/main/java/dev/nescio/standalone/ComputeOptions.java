package dev.nescio.standalone;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.torch.TorchDevice;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where and how a model in this process is computed. */
final class ComputeOptions {

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of one operation; 0 for all cores (default).")
  private int threads;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "float32",
      description = "${COMPLETION-CANDIDATES}; the CPU computes float32 only (default: ${DEFAULT-VALUE}).")
  private FloatType dataType;

  @Option(
      names = "--weights",
      paramLabel = "FORMAT",
      defaultValue = "float32",
      description = "${COMPLETION-CANDIDATES}; int8 is faster on a CPU and less exact (default: ${DEFAULT-VALUE}).")
  private WeightFormat weights;

  @Option(
      names = "--deterministic",
      description = "Equal requests give equal bits, whatever runs beside them. On a CPU this is always so; elsewhere it"
          + " is slow.")
  private boolean deterministic;

  /**
   * @param directory of the model
   * @throws UserError if the choices do not go together
   */
  LocalModelConfig config(Path directory) {
    if (threads < 0) throw new UserError("--threads must be 0 or above, is " + threads);
    try {
      return LocalModelConfig.of(directory).withThreads(threads).withDevice(TorchDevice.parse(device))
          .withDataType(dataType).withWeights(weights).withDeterministic(deterministic);
    } catch (IllegalArgumentException e) {
      throw new UserError("how to open the model: " + e.getMessage(), e);
    }
  }

  /** True when nothing was asked for. */
  boolean isStandard() {
    return threads == 0 && device.equals("cpu") && dataType == FloatType.FLOAT32 && weights == WeightFormat.FLOAT32
        && !deterministic;
  }

  /** What of it changes the results. */
  void describe(ObjectNode settings) {
    settings.put("device", device).put("dtype", dataType.name().toLowerCase(Locale.ROOT))
        .put("weights", weights.name().toLowerCase(Locale.ROOT)).put("deterministic", deterministic);
  }
}
