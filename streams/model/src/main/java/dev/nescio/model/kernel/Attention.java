package dev.nescio.model.kernel;

import static dev.nescio.model.kernel.Lanes.FLOATS;
import static dev.nescio.model.kernel.Lanes.ORDER;
import static dev.nescio.model.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Causal attention of one query head at one position over a sequence's blocks: softmax(q K / sqrt(D)) V. Scores, sums and
 * means run over the tokens in order, so that it does not matter how they came into the cache.
 */
final class Attention {

  private static final int BLOCK = KvPool.BLOCK;

  private final DecoderShape shape;
  private final float scale;

  Attention(DecoderShape shape) {
    this.shape = shape;
    this.scale = (float) (1 / Math.sqrt(shape.headDim()));
  }

  /** Writes key and value of one position, [kvHeads x D] each. */
  void store(KvSequence kv, int layer, int position, float[] keys, int keyAt, float[] values, int valueAt) {
    KvPool pool = kv.pool();
    MemorySegment memory = kv.block(position / BLOCK).memory();
    int slot = position % BLOCK;
    int dim = shape.headDim();
    for (int head = 0; head < shape.kvHeads(); head++) {
      long key = pool.keys(layer, head) + (long) slot * Float.BYTES;
      for (int d = 0; d < dim; d++) {
        memory.set(ValueLayout.JAVA_FLOAT, key + (long) d * BLOCK * Float.BYTES, keys[keyAt + head * dim + d]);
      }
      long value = pool.values(layer, head) + (long) slot * pool.valueStride() * Float.BYTES;
      MemorySegment.copy(values, valueAt + head * dim, memory, ValueLayout.JAVA_FLOAT, value, dim);
    }
  }

  /**
   * @param head   key-value head
   * @param length positions seen, the query's own included
   * @param q      query of one head at {@code qAt}
   * @param out    its result goes to {@code outAt}
   * @param scores scratch, at least {@code length} padded to whole blocks; holds the weights afterwards
   */
  void attend(KvSequence kv, int layer, int head, int length, float[] q, int qAt, float[] out, int outAt,
      float[] scores) {
    KvPool pool = kv.pool();
    long keys = pool.keys(layer, head);
    int blocks = (length + BLOCK - 1) / BLOCK;
    for (int b = 0; b < blocks; b++) scoreBlock(kv.block(b).memory(), keys, q, qAt, scores, b * BLOCK);
    softmax(scores, length, blocks * BLOCK);
    long values = pool.values(layer, head);
    int dim = shape.headDim();
    int d = 0;
    for (; d + 4 * WIDTH <= dim; d += 4 * WIDTH) mixFour(kv, values, pool.valueStride(), length, scores, out, outAt, d);
    for (; d < dim; d += WIDTH) mixOne(kv, values, pool.valueStride(), length, scores, out, outAt, d);
  }

  private void scoreBlock(MemorySegment memory, long keys, float[] q, int qAt, float[] scores, int at) {
    int dim = shape.headDim();
    for (int t = 0; t < BLOCK; t += 2 * WIDTH) {
      // Two sums each, of even and odd dimensions, hide the latency of the additions.
      FloatVector even = FloatVector.zero(FLOATS), odd = even, even2 = even, odd2 = even;
      long from = keys + (long) t * Float.BYTES;
      boolean both = t + WIDTH < BLOCK;
      for (int d = 0; d < dim; d += 2, from += 2L * BLOCK * Float.BYTES) {
        FloatVector x = FloatVector.broadcast(FLOATS, q[qAt + d]);
        FloatVector y = FloatVector.broadcast(FLOATS, q[qAt + d + 1]);
        even = FloatVector.fromMemorySegment(FLOATS, memory, from, ORDER).fma(x, even);
        odd = FloatVector.fromMemorySegment(FLOATS, memory, from + BLOCK * Float.BYTES, ORDER).fma(y, odd);
        if (both) {
          long next = from + (long) WIDTH * Float.BYTES;
          even2 = FloatVector.fromMemorySegment(FLOATS, memory, next, ORDER).fma(x, even2);
          odd2 = FloatVector.fromMemorySegment(FLOATS, memory, next + BLOCK * Float.BYTES, ORDER).fma(y, odd2);
        }
      }
      even.add(odd).mul(scale).intoArray(scores, at + t);
      if (both) even2.add(odd2).mul(scale).intoArray(scores, at + t + WIDTH);
    }
  }

  /** In place over the first scores; what fills up the last block becomes 0. */
  private static void softmax(float[] scores, int length, int padded) {
    for (int i = length; i < padded; i++) scores[i] = Float.NEGATIVE_INFINITY;
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < padded; i += WIDTH) most = most.max(FloatVector.fromArray(FLOATS, scores, i));
    float max = most.reduceLanes(VectorOperators.MAX);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < padded; i += WIDTH) {
      FloatVector e = Lanes.exp(FloatVector.fromArray(FLOATS, scores, i).sub(max));
      e.intoArray(scores, i);
      sum = sum.add(e);
    }
    float norm = 1 / Lanes.sum(sum);
    for (int i = 0; i < padded; i += WIDTH) FloatVector.fromArray(FLOATS, scores, i).mul(norm).intoArray(scores, i);
  }

  private static void mixFour(
      KvSequence kv, long values, int stride, int length, float[] weights, float[] out, int outAt, int d) {
    FloatVector a = FloatVector.zero(FLOATS), b = a, c = a, e = a;
    for (int from = 0; from < length; from += BLOCK) {
      MemorySegment memory = kv.block(from / BLOCK).memory();
      int to = Math.min(BLOCK, length - from);
      long at = values + (long) d * Float.BYTES;
      for (int t = 0; t < to; t++, at += (long) stride * Float.BYTES) {
        FloatVector w = FloatVector.broadcast(FLOATS, weights[from + t]);
        a = FloatVector.fromMemorySegment(FLOATS, memory, at, ORDER).fma(w, a);
        b = FloatVector.fromMemorySegment(FLOATS, memory, at + (long) WIDTH * Float.BYTES, ORDER).fma(w, b);
        c = FloatVector.fromMemorySegment(FLOATS, memory, at + 2L * WIDTH * Float.BYTES, ORDER).fma(w, c);
        e = FloatVector.fromMemorySegment(FLOATS, memory, at + 3L * WIDTH * Float.BYTES, ORDER).fma(w, e);
      }
    }
    a.intoArray(out, outAt + d);
    b.intoArray(out, outAt + d + WIDTH);
    c.intoArray(out, outAt + d + 2 * WIDTH);
    e.intoArray(out, outAt + d + 3 * WIDTH);
  }

  private void mixOne(
      KvSequence kv, long values, int stride, int length, float[] weights, float[] out, int outAt, int d) {
    FloatVector a = FloatVector.zero(FLOATS);
    for (int from = 0; from < length; from += BLOCK) {
      MemorySegment memory = kv.block(from / BLOCK).memory();
      int to = Math.min(BLOCK, length - from);
      long at = values + (long) d * Float.BYTES;
      for (int t = 0; t < to; t++, at += (long) stride * Float.BYTES) {
        FloatVector w = FloatVector.broadcast(FLOATS, weights[from + t]);
        a = FloatVector.fromMemorySegment(FLOATS, memory, at, ORDER).fma(w, a);
      }
    }
    int width = Math.min(WIDTH, shape.headDim() - d);
    a.intoArray(out, outAt + d, FLOATS.indexInRange(0, width));
  }
}
