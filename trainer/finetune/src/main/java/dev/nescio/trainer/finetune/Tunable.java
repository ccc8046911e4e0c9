package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import java.util.Optional;

/** A model made ready for training: its forward, and which tensors the trained vector holds. */
record Tunable(TrainingForward forward, FlatLayout layout, NDManager manager) implements AutoCloseable {

  /** One vector of float32 has to fit a byte buffer. */
  private static final long LARGEST = Integer.MAX_VALUE / Float.BYTES;

  /** Adapters at their start, or all weights as they are; the rows of {@code <IDK>} are copies. */
  static Tunable of(FineTuneConfig config, LlamaWeights weights, NDManager parent) {
    NDManager manager = parent.newSubManager();
    LlamaConfig shape = weights.config();
    Optional<NDArray> idk = TrainedParameters.idkStart(weights, manager);
    boolean lora = config.method() == FineTuneConfig.Method.LORA;
    FlatLayout layout = lora
        ? TrainedParameters.lora(shape, config.lora()) : TrainedParameters.full(shape);
    if (layout.length() > LARGEST) {
      throw new IllegalArgumentException("fine-tuning by method " + config.toMap().get("method") + " would train "
          + layout.length() + " numbers, at most " + LARGEST + " are possible; use method=lora or a lower rank");
    }
    NDArray trained = lora
        ? manager.create(TrainedParameters.loraStart(layout, config.seed()), new Shape(layout.length()))
        : TrainedParameters.fullStart(weights, manager);
    String source = lora
        ? TrainingScript.lora(shape, config.lora(), layout, idk.isPresent())
        : TrainingScript.full(shape, layout, idk.isPresent());
    return new Tunable(new TrainingForward(source, weights, trained, idk, manager), layout, manager);
  }

  @Override
  public void close() {
    forward.close();
  }
}
