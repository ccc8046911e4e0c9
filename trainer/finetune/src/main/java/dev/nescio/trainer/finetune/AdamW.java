package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.IValue;
import dev.nescio.model.torch.TorchScript;
import dev.nescio.model.torch.TorchScriptArchive;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with decoupled weight decay and bias correction, with PyTorch's order of operations: decay, first and second
 * moment, then {@code p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)}. Works in place on few long vectors.
 *
 * <p>Source: Loshchilov and Hutter 2019 (arXiv 1711.05101); {@code torch.optim.AdamW}.
 */
final class AdamW implements AutoCloseable {

  /** @param decay of the weights, 0 for none */
  record Settings(double beta1, double beta2, double eps, double decay) {}

  /**
   * A trained vector with its moments, all of one shape.
   *
   * @param rateScale multiplies the learning rate of the step, so that vectors can have rates of their own
   */
  record Slot(NDArray parameter, NDArray mean, NDArray square, double rateScale) {}

  private final Settings settings;
  private final TorchScript script = TorchScriptArchive.ofResource(AdamW.class, "adamw.py").load();
  private final List<Slot> slots = new ArrayList<>();
  private int steps;

  AdamW(Settings settings) {
    this.settings = settings;
  }

  /** Adds a vector, with moments of zero that belong to {@code manager}. */
  void add(NDArray parameter, double rateScale, NDManager manager) {
    slots.add(new Slot(parameter, manager.zeros(parameter.getShape(), DataType.FLOAT32),
        manager.zeros(parameter.getShape(), DataType.FLOAT32), rateScale));
  }

  /** In the order in which they were added. */
  List<Slot> slots() {
    return List.copyOf(slots);
  }

  int steps() {
    return steps;
  }

  /** Overwrites an array in place, also one that has a gradient. */
  void put(NDArray target, NDArray source, NDManager scope) {
    script.run(scope, "put", TorchScript.tensor(target), TorchScript.tensor(source));
  }

  /** Goes on from a checkpoint whose moments have been put into the slots. */
  void resumeAt(int step) {
    steps = step;
  }

  /**
   * One step with the gradients that have gathered, which are zero afterwards.
   *
   * @param rate     learning rate, before each slot's own scale
   * @param clipNorm upper bound of the norm of all gradients together; infinite for none
   * @return norm of all gradients before clipping
   */
  double step(double rate, double clipNorm, NDManager scope) {
    List<NDArray> gradients = new ArrayList<>();
    double squares = 0;
    for (Slot slot : slots) {
      NDArray gradient = slot.parameter().getGradient();
      gradient.attach(scope);
      gradients.add(gradient);
      squares += script.run(scope, "squares", TorchScript.tensor(gradient)).singletonOrThrow().getFloat();
    }
    double norm = Math.sqrt(squares);
    // clip_grad_norm_ of PyTorch.
    double factor = clipNorm / (norm + 1e-6);
    steps++;
    for (int i = 0; i < slots.size(); i++) {
      if (factor < 1) {
        script.run(scope, "scale", TorchScript.tensor(gradients.get(i)), IValue.from(factor));
      }
      step(slots.get(i), gradients.get(i), rate * slots.get(i).rateScale(), scope);
    }
    return norm;
  }

  private void step(Slot slot, NDArray gradient, double rate, NDManager scope) {
    script.run(scope, "step", TorchScript.tensor(slot.parameter()), TorchScript.tensor(gradient),
        TorchScript.tensor(slot.mean()), TorchScript.tensor(slot.square()),
        IValue.from(1 - rate * settings.decay()), IValue.from(settings.beta1()), IValue.from(settings.beta2()),
        IValue.from(rate / (1 - Math.pow(settings.beta1(), steps))),
        IValue.from(Math.sqrt(1 - Math.pow(settings.beta2(), steps))), IValue.from(settings.eps()));
  }

  @Override
  public void close() {
    script.close();
  }
}
