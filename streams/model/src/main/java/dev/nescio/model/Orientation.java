package dev.nescio.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;

/**
 * For how many rows a product runs faster with the weight as its left factor. The two agree but for rounding; which is faster
 * differs between processors, so it is measured.
 */
final class Orientation {

  /** What most processors seen so far prefer. */
  static final int DEFAULT_COLUMNS = 8;

  private static final int[] ROWS = {1, 2, 4, 8, 16};
  private static final int REPETITIONS = 3;

  private Orientation() {}

  /** The largest number of rows up to which the left factor wins, in this process now. */
  static int measure(LlamaWeights weights) {
    List<NDArray> matrices = new ArrayList<>();
    for (int layer = 0; layer < weights.config().layers(); layer++) matrices.add(weights.get(layer, Projection.UP));
    int columns = 0;
    try (TorchScript script = TorchScriptArchive.ofResource(Orientation.class, "llama.py").load();
        NDManager scope = Torch.newManager()) {
      for (int rows : ROWS) {
        NDArray x = scope.ones(new Shape(rows, weights.config().hiddenSize()), DataType.FLOAT32);
        if (nanos(script, scope, x, matrices, rows) > nanos(script, scope, x, matrices, 0)) break;
        columns = rows;
      }
    }
    return columns;
  }

  /** Shortest of a few runs over all matrices. */
  private static long nanos(TorchScript script, NDManager scope, NDArray x, List<NDArray> matrices, int columns) {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < REPETITIONS; i++) {
      try (NDManager run = scope.newSubManager()) {
        long start = System.nanoTime();
        for (NDArray w : matrices) {
          script.run(run, "product", TorchScript.tensor(x), TorchScript.tensor(w), IValue.from((long) columns));
        }
        shortest = Math.min(shortest, System.nanoTime() - start);
      }
    }
    return shortest;
  }
}
