package dev.nescio.trainer.finetune;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.RotaryTable;
import dev.nescio.model.torch.TorchScript;
import dev.nescio.model.torch.TorchScriptArchive;
import dev.nescio.trainer.objectives.Objective;
import dev.nescio.trainer.objectives.TargetLosses;
import java.util.Optional;

/**
 * The trained vector and the {@code <IDK>} row of a model, and the gradient of an objective with respect to them.
 *
 * <p>Not thread-safe; libtorch has one gradient collector a process.
 */
final class TrainingForward implements AutoCloseable {

  private final NDManager manager;
  private final TorchScript script;
  private final NDList rope; // two [context, D]
  private final NDList frozen; // canonical order; the embedding stays even where all else is trained
  private final NDArray trained; // [P]
  private final Optional<NDArray> idk; // [H], or [2 H] with an output matrix of its own

  /**
   * @param source  of {@link TrainingScript}
   * @param weights read only
   * @param trained [P], attached to {@code manager}, changed in place by the optimiser
   * @param idk     the rows of {@code <IDK>}, [H] or [2 H], likewise; empty for a model without the token
   */
  TrainingForward(String source, LlamaWeights weights, NDArray trained, Optional<NDArray> idk, NDManager manager) {
    this.manager = manager;
    this.script = TorchScriptArchive.of(source).load();
    this.rope = rope(weights.config(), manager);
    this.frozen = new NDList();
    for (NDArray weight : weights.list()) frozen.add(view(weight, "frozen[]"));
    this.trained = trained;
    this.idk = idk;
    trained.setName("trained");
    trained.setRequiresGradient(true);
    idk.ifPresent(row -> {
      row.setName("idk");
      row.setRequiresGradient(true);
    });
  }

  /** What a backward pass leaves behind. */
  record Loss(double mean, double[] values) {}

  NDArray trained() {
    return trained;
  }

  Optional<NDArray> idk() {
    return idk;
  }

  /** Adds the gradients of the mean of the objective's values to those of {@link #trained} and {@link #idk}. */
  Loss backward(PackedBatch batch, Objective objective, NDManager scope) {
    try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
      NDArray losses = losses(batch);
      losses.attach(scope);
      NDArray values =
          objective.values(new TargetLosses(losses, batch.present(), batch.weights(), batch.unknown()));
      NDArray mean = values.mean();
      collector.backward(mean);
      float[] each = values.toFloatArray();
      double[] copy = new double[each.length];
      for (int i = 0; i < copy.length; i++) copy[i] = each[i];
      return new Loss(mean.getFloat(), copy);
    }
  }

  /** [B, T], with autograd when a collector is open. */
  private NDArray losses(PackedBatch batch) {
    NDList inputs = new NDList(
        batch.ids(), batch.positions(), batch.mask(), batch.rows(), batch.targets(), batch.slots());
    inputs.addAll(rope);
    inputs.addAll(frozen);
    inputs.add(trained);
    idk.ifPresent(inputs::add);
    return script.forwardWithGradients(inputs).singletonOrThrow();
  }

  /** The same memory under another name, so that arrays which others read keep theirs. */
  private NDArray view(NDArray array, String name) {
    NDArray view = array.reshape(array.getShape());
    view.attach(manager);
    view.setName(name);
    return view;
  }

  /** Cosine and sine by position, each half of the head twice, as transformers lays them out. */
  private static NDList rope(LlamaConfig config, NDManager manager) {
    int d = config.headDim();
    int length = config.contextTokens();
    RotaryTable table = RotaryTable.of(config, length);
    float[] sin = table.signedSines().clone();
    for (int i = 0; i < sin.length; i++) {
      if (i % d < d / 2) sin[i] = -sin[i];
    }
    Shape shape = new Shape(length, d);
    NDList tables = new NDList(manager.create(table.cosines(), shape), manager.create(sin, shape));
    tables.forEach(array -> array.setName("rope[]"));
    return tables;
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
