package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.nescio.model.torch.Torch;
import org.junit.jupiter.api.Test;

class AdamWTest {

  private static final double[] TARGET = {1, -2, .5};

  /** Minimises the sum of (p - target)^4, beside the same arithmetic in doubles. */
  private static void compare(double decay, double clip, double scale) {
    try (NDManager manager = Torch.newManager();
        AdamW optimiser = new AdamW(new AdamW.Settings(.9, .999, 1e-8, decay))) {
      NDArray p = manager.create(new float[] {.3f, .7f, -1f});
      NDArray target = manager.create(new float[] {1, -2, .5f});
      p.setRequiresGradient(true);
      optimiser.add(p, scale, manager);
      double[] slow = {.3f, .7f, -1f};
      double[] mean = new double[3];
      double[] square = new double[3];
      for (int t = 1; t <= 20; t++) {
        double rate = .1 / t;
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
          collector.backward(p.sub(target).pow(4).sum());
        }
        double norm = optimiser.step(rate, clip, manager);
        double[] gradient = new double[3];
        double squares = 0;
        for (int i = 0; i < 3; i++) {
          gradient[i] = 4 * Math.pow(slow[i] - TARGET[i], 3);
          squares += gradient[i] * gradient[i];
        }
        assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-3 * norm + 1e-6));
        double factor = Math.min(1, clip / (Math.sqrt(squares) + 1e-6));
        for (int i = 0; i < 3; i++) {
          double g = gradient[i] * factor;
          mean[i] = .9 * mean[i] + .1 * g;
          square[i] = .999 * square[i] + .001 * g * g;
          double corrected = Math.sqrt(square[i] / (1 - Math.pow(.999, t))) + 1e-8;
          slow[i] = slow[i] * (1 - rate * scale * decay) - rate * scale * mean[i] / (1 - Math.pow(.9, t)) / corrected;
          assertThat((double) p.toFloatArray()[i]).as("step " + t).isCloseTo(slow[i], within(1e-4));
        }
        assertThat(p.getGradient().toFloatArray()).as("gradients are zeroed").containsOnly(0);
      }
    }
  }

  @Test
  void followsTheDefinition() {
    compare(0, Double.POSITIVE_INFINITY, 1);
  }

  @Test
  void decaysClipsAndScalesTheRate() {
    compare(.1, 1, 1);
    compare(.3, .5, 2);
  }
}
