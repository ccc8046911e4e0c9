package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Computes prompts into a cache, padded on the left so that all end at the same slot.
 *
 * <p>Rows are run in groups of like length. A row whose prefix is at hand computes at least its rest; in a group with a
 * longer one it computes some of its prefix again instead of padding.
 */
final class Prefill {

  /** Positions computed in one call; bounds the memory of its intermediate arrays. */
  private static final int MAX_POSITIONS = 1024;

  /** Positions of a row computed in one call; longer prompts take several. */
  private static final int MAX_LENGTH = 512;

  /**
   * A row to fill.
   *
   * @param tokens of the prompt
   * @param prefix keys and values [layers, 2, kvHeads, P, D] of its first P tokens, P below their number
   */
  record Row(int[] tokens, Optional<NDArray> prefix) {

    int rest() {
      return tokens.length - prefix.map(p -> (int) p.getShape().get(3)).orElse(0);
    }
  }

  private final LlamaForward forward;
  private final LlamaForward.Variant variant;

  Prefill(LlamaForward forward, LlamaForward.Variant variant) {
    this.forward = forward;
    this.variant = variant;
  }

  /**
   * Fills rows 0.. of a cache up to slot {@code length}.
   *
   * @param rows   by {@link Row#rest}, ascending
   * @param cache  zero where nothing is written
   * @param length slot after the last token, at least the longest row
   * @return normed states of each row's last token, one array [n, H] a group, in row order; the tokens that came from
   *     the prefix, a row, are written to {@code cached}
   */
  List<NDArray> fill(NDManager owner, List<Row> rows, NDArray cache, int length, int[] cached) {
    List<NDArray> states = new ArrayList<>();
    int from = 0;
    while (from < rows.size()) {
      int to = groupEnd(rows, from);
      states.add(group(owner, rows.subList(from, to), from, cache, length, cached));
      from = to;
    }
    return states;
  }

  private static int groupEnd(List<Row> rows, int from) {
    int shortest = rows.get(from).rest();
    int to = from + 1;
    while (to < rows.size()) {
      int longest = rows.get(to).rest();
      // Padding is computed for nothing; a few positions more are cheaper than another call.
      boolean unlike = longest > shortest + Math.max(4, shortest / 4);
      if (unlike || (to + 1 - from) * Math.min(longest, MAX_LENGTH) > MAX_POSITIONS) break;
      to++;
    }
    return to;
  }

  private NDArray group(NDManager owner, List<Row> rows, int first, NDArray cache, int length, int[] cached) {
    int t = rows.getLast().rest();
    for (int r = 0; r < rows.size(); r++) {
      int[] tokens = rows.get(r).tokens();
      int reused = Math.max(0, tokens.length - t);
      cached[first + r] = reused;
      if (reused > 0) {
        forward.put(cache, first + r, length - tokens.length, rows.get(r).prefix().orElseThrow(), reused);
      }
    }
    for (int slot = length - t; ; slot += MAX_LENGTH) {
      int end = Math.min(slot + MAX_LENGTH, length);
      NDArray states = piece(owner, rows, first, cache, length, slot, end);
      if (end == length) return states;
      states.close();
    }
  }

  /** Computes slots {@code slot} to {@code end} of all rows; returns the states of the last. */
  private NDArray piece(
      NDManager owner, List<Row> rows, int first, NDArray cache, int length, int slot, int end) {
    int n = rows.size();
    int t = end - slot;
    long[] ids = new long[n * t];
    long[] positions = new long[n * t];
    long[] take = new long[n];
    float[] mask = new float[n * t * end];
    for (int r = 0; r < n; r++) {
      int[] tokens = rows.get(r).tokens();
      int pad = length - tokens.length;
      take[r] = (long) (r + 1) * t - 1;
      for (int i = 0; i < t; i++) {
        int position = slot + i - pad;
        ids[r * t + i] = position < 0 ? 0 : tokens[position];
        positions[r * t + i] = Math.max(0, position);
        fillMask(mask, (r * t + i) * end, end, slot + i, pad);
      }
    }
    try (NDManager scope = owner.newSubManager()) {
      NDArray states = forward.states(variant, cache, first, slot, scope.create(ids, new Shape(n, t)),
          scope.create(positions, new Shape(n, t)), scope.create(mask, new Shape(n, 1, t, end)), scope.create(take));
      states.attach(owner);
      return states;
    }
  }

  /** A position sees those from its row's first to itself; padding sees only itself, so that nothing is undefined. */
  private static void fillMask(float[] mask, int at, int length, int self, int pad) {
    for (int k = 0; k < length; k++) {
      if (k != self && (k < pad || k > self)) mask[at + k] = Float.NEGATIVE_INFINITY;
    }
  }
}
