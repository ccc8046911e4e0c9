package dev.nescio.trainer.finetune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of examples as {@link TrainingScript} takes it: R rows of C places with B examples, N target tokens in all and
 * at most T in one example.
 *
 * @param ids       int64 [R, C]
 * @param positions int64 [R C]
 * @param mask      float32 [R, 1, C, C], 0 where a place sees another, else -inf
 * @param rows      int64 [N], flattened places that predict a target token
 * @param targets   int64 [N]
 * @param slots     int64 [B, T], index into the N losses, N at padding
 * @param present   float32 [B, T], 1 at target tokens
 * @param weights   float32 [B]
 * @param unknown   float32 [B]
 * @param tokens    tokens read, without padding
 */
record PackedBatch(
    NDArray ids, NDArray positions, NDArray mask, NDArray rows, NDArray targets, NDArray slots, NDArray present,
    NDArray weights, NDArray unknown, int tokens) {

  static PackedBatch of(List<EncodedExample> examples, NDManager manager) {
    Packing packing = Packing.of(examples.stream().map(EncodedExample::length).toList());
    Filling filling = new Filling(examples, packing);
    int r = packing.rows().size();
    int c = packing.capacity();
    int b = examples.size();
    int t = filling.longestTarget;
    return new PackedBatch(
        manager.create(filling.ids, new Shape(r, c)),
        manager.create(filling.positions),
        manager.create(filling.mask, new Shape(r, 1, c, c)),
        manager.create(filling.rows),
        manager.create(filling.targets),
        manager.create(filling.slots, new Shape(b, t)),
        manager.create(filling.present, new Shape(b, t)),
        manager.create(filling.weights),
        manager.create(filling.unknown),
        examples.stream().mapToInt(EncodedExample::length).sum());
  }

  /** The plain arrays while they are filled. */
  private static final class Filling {
    final int longestTarget;
    final long[] ids;
    final long[] positions;
    final float[] mask;
    final long[] rows;
    final long[] targets;
    final long[] slots;
    final float[] present;
    final float[] weights;
    final float[] unknown;
    private int filledTargets;

    Filling(List<EncodedExample> examples, Packing packing) {
      int b = examples.size();
      int c = packing.capacity();
      int places = packing.rows().size() * c;
      int n = examples.stream().mapToInt(e -> e.target().length).sum();
      longestTarget = examples.stream().mapToInt(e -> e.target().length).max().orElseThrow();
      ids = new long[places];
      positions = new long[places];
      mask = new float[places * c];
      rows = new long[n];
      targets = new long[n];
      slots = new long[b * longestTarget];
      present = new float[b * longestTarget];
      weights = new float[b];
      unknown = new float[b];
      Arrays.fill(mask, Float.NEGATIVE_INFINITY);
      Arrays.fill(slots, n);
      for (int row = 0; row < packing.rows().size(); row++) {
        int start = 0;
        for (int example : packing.rows().get(row)) {
          place(examples.get(example), example, row, start, c);
          start += examples.get(example).length();
        }
        // Padding sees itself, since attention to nothing is not a number.
        for (int i = start; i < c; i++) mask[(row * c + i) * c + i] = 0;
      }
    }

    private void place(EncodedExample example, int index, int row, int start, int c) {
      int first = row * c + start;
      for (int i = 0; i < example.length(); i++) {
        ids[first + i] = example.token(i);
        positions[first + i] = i;
        for (int j = 0; j <= i; j++) mask[(first + i) * c + start + j] = 0;
      }
      for (int i = 0; i < example.target().length; i++) {
        rows[filledTargets] = first + example.prompt().length - 1 + i;
        targets[filledTargets] = example.target()[i];
        slots[index * longestTarget + i] = filledTargets++;
        present[index * longestTarget + i] = 1;
      }
      weights[index] = (float) example.weight();
      unknown[index] = example.unknown() ? 1 : 0;
    }
  }
}
