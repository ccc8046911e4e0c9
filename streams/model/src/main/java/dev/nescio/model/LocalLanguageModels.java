package dev.nescio.model;

import dev.nescio.model.cpu.KernelLanguageModel;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;

/** Opens models in this process. */
public final class LocalLanguageModels {

  private LocalLanguageModels() {}

  /**
   * Opens a model the way that suits its device.
   *
   * @throws IOException naming file and tensor when the directory is incomplete or damaged
   * @throws IllegalArgumentException if eight-bit weights are asked for where the kernels cannot run
   */
  public static LocalLanguageModel open(LocalModelConfig config) throws IOException {
    if (!KernelLanguageModel.isSupported(config) && config.weights() != WeightFormat.FLOAT32) {
      throw new IllegalArgumentException("weights " + config.weights() + " need our kernels: a processor with fused"
          + " multiply-add and java --add-modules jdk.incubator.vector");
    }
    return KernelLanguageModel.isSupported(config) ? KernelLanguageModel.open(config) : TorchLanguageModel.open(config);
  }
}
