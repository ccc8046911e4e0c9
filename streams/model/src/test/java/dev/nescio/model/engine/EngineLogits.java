package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;

/** Logits of single calls of the engine. */
final class EngineLogits {

  private EngineLogits() {}

  /** Logits [T, V] of one sequence in one call. */
  static float[][] of(NDManager manager, LlamaForward forward, Variant variant, int[] ids) {
    return of(manager, forward, variant, forward.newCache(manager, 1, ids.length), 0, ids);
  }

  /** Logits [T, V] of the tokens that follow {@code from} others in the first row of a slab. */
  static float[][] of(
      NDManager manager, LlamaForward forward, Variant variant, NDArray cache, int from, int... ids) {
    return of(manager, forward, List.of(new TokenBatch.Part(variant, cache, 0, from, ids, ids.length)));
  }

  /** Logits [M, V] of what several sequences want. */
  static float[][] of(NDManager manager, LlamaForward forward, List<TokenBatch.Part> parts) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray logits = forward.run(scope, new TokenBatch(parts), 2, scope.create(new long[] {2}))
          .orElseThrow().logits();
      float[] all = logits.toFloatArray();
      int vocab = (int) logits.getShape().get(1);
      float[][] rows = new float[all.length / vocab][];
      for (int i = 0; i < rows.length; i++) rows[i] = Arrays.copyOfRange(all, i * vocab, (i + 1) * vocab);
      return rows;
    }
  }
}
