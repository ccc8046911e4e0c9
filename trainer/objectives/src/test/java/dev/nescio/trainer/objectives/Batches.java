package dev.nescio.trainer.objectives;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Batches for tests, kept as plain Java so that a slow reference can read them too. */
record Batches(double[][] losses, double[] weights, boolean[] unknown) {

  static Batches random(long seed, int examples, int tokens) {
    Random random = new Random(seed);
    double[][] losses = new double[examples][];
    double[] weights = new double[examples];
    boolean[] unknown = new boolean[examples];
    for (int i = 0; i < examples; i++) {
      losses[i] = random.doubles(1 + random.nextInt(tokens), 0, 8).toArray();
      weights[i] = (1 + random.nextInt(6)) / 6.0;
      unknown[i] = random.nextBoolean();
    }
    return new Batches(losses, weights, unknown);
  }

  Batches permuted(List<Integer> order) {
    return new Batches(order.stream().map(i -> losses[i]).toArray(double[][]::new),
        order.stream().mapToDouble(i -> weights[i]).toArray(), flags(order));
  }

  private boolean[] flags(List<Integer> order) {
    boolean[] flags = new boolean[order.size()];
    for (int i = 0; i < flags.length; i++) flags[i] = unknown[order.get(i)];
    return flags;
  }

  /** As the trainer hands it over, padded to a number of tokens with something that must not matter. */
  TargetLosses padded(NDManager manager, int tokens, float padding) {
    int b = losses.length;
    float[] flat = new float[b * tokens];
    float[] mask = new float[b * tokens];
    float[] weight = new float[b];
    float[] idk = new float[b];
    for (int i = 0; i < b; i++) {
      for (int t = 0; t < tokens; t++) {
        boolean real = t < losses[i].length;
        flat[i * tokens + t] = real ? (float) losses[i][t] : padding;
        mask[i * tokens + t] = real ? 1 : 0;
      }
      weight[i] = (float) weights[i];
      idk[i] = unknown[i] ? 1 : 0;
    }
    Shape shape = new Shape(b, tokens);
    return new TargetLosses(manager.create(flat, shape), manager.create(mask, shape), manager.create(weight),
        manager.create(idk));
  }

  int longest() {
    return IntStream.range(0, losses.length).map(i -> losses[i].length).max().orElseThrow();
  }
}
