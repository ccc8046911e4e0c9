package dev.nescio.model;

import dev.nescio.language.AdaptableModel;
import dev.nescio.model.kernel.WeightFormat;
import java.io.IOException;

/** A model of this process: on the CPU by our kernels, elsewhere by the engine. */
public sealed interface LocalLanguageModel extends AdaptableModel permits KernelLanguageModel, TorchLanguageModel {

  /**
   * Opens a model the way that suits its device.
   *
   * @throws IOException naming file and tensor when the directory is incomplete or damaged
   * @throws IllegalArgumentException if eight-bit weights are asked for where the kernels cannot run
   */
  static LocalLanguageModel open(TorchModelConfig config) throws IOException {
    if (!KernelLanguageModel.isSupported(config) && config.weights() != WeightFormat.FLOAT32) {
      throw new IllegalArgumentException("weights " + config.weights() + " need our kernels: a processor with fused"
          + " multiply-add and java --add-modules jdk.incubator.vector");
    }
    return KernelLanguageModel.isSupported(config) ? KernelLanguageModel.open(config) : TorchLanguageModel.open(config);
  }

  /** Encoder and decoder, also for training targets. */
  ModelTokenizer tokenizer();

  /** Reuse of prompt beginnings since the model was opened. */
  PrefixReuse prefixReuse();

  /** What is held now; takes its turn with the requests. */
  HeldMemory heldMemory();

  /** Generates a little at several batch sizes, so that the first requests find everything compiled. */
  void warmUp();
}
