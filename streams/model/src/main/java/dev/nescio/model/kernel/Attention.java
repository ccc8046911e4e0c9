package dev.nescio.model.kernel;

import static dev.nescio.model.kernel.Lanes.FLOATS;
import static dev.nescio.model.kernel.Lanes.ORDER;
import static dev.nescio.model.kernel.Lanes.WIDTH;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Causal attention of a query head at one position, or several, over a sequence's blocks: softmax(q K / sqrt(D)) V.
 * Scores, sums and means run over the tokens in order, so that it does not matter how they came into the cache, nor
 * which positions are computed together. Blocks before a layer's window are not read; tokens before it in the first
 * block that is read have the weight 0, which changes no sum.
 */
final class Attention {

  /** Positions that share what they read of keys and values: sixteen sums need 32 registers. */
  static final int TILE = WIDTH >= 16 && 2 * WIDTH <= KvPool.BLOCK ? 4 : 1;

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
   * @param head    key-value head
   * @param length  positions up to the first query's, its own included; each further query has one more
   * @param window  positions that a query sees at most, the last of these; at least 1
   * @param count   queries of one head at neighbouring positions, 1 to {@link #TILE}, {@code stride} apart from
   *                {@code qAt} on in {@code q}, as are their results from {@code outAt} on in {@code out}
   * @param scores  scratch [TILE, room]; holds the weights of what each query sees afterwards
   * @param room    at least the positions seen, padded to whole blocks
   */
  void attend(KvSequence kv, int layer, int head, int length, int window, int count, float[] q, int qAt, int qStride,
      float[] out, int outAt, int outStride, float[] scores, int room) {
    long keys = kv.pool().keys(layer, head);
    int most = length + count - 1;
    int blocks = (most + BLOCK - 1) / BLOCK;
    int low = Math.max(0, length - window);
    boolean together = count == 4;
    for (int b = low / BLOCK; b < blocks; b++) {
      MemorySegment memory = kv.block(b).memory();
      if (together) {
        scoreFour(memory, keys, q, qAt, qStride, scores, b * BLOCK, room);
      } else {
        for (int r = 0; r < count; r++) scoreBlock(memory, keys, q, qAt + r * qStride, scores, r * room + b * BLOCK);
      }
    }
    for (int r = 0; r < count; r++) {
      int first = Math.max(0, length + r - window);
      softmax(scores, r * room, low / BLOCK * BLOCK, first, length + r, blocks * BLOCK);
    }
    mix(kv, kv.pool().values(layer, head), low, most, count, together, scores, room, out, outAt, outStride);
  }

  private void mix(KvSequence kv, long values, int low, int most, int count, boolean together, float[] weights,
      int room, float[] out, int outAt, int outStride) {
    int stride = kv.pool().valueStride();
    int dim = shape.headDim();
    int d = 0;
    for (; d + 4 * WIDTH <= dim; d += 4 * WIDTH) {
      if (together) {
        mixFourRows(kv, values, stride, low, most, weights, room, out, outAt + d, outStride, d);
      } else {
        for (int r = 0; r < count; r++) {
          mixFour(kv, values, stride, low, most, weights, r * room, out, outAt + r * outStride, d);
        }
      }
    }
    for (; d < dim; d += WIDTH) {
      for (int r = 0; r < count; r++) {
        mixOne(kv, values, stride, low, most, weights, r * room, out, outAt + r * outStride, d);
      }
    }
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

  /** {@link #scoreBlock} for four queries, with the same sums in the same order. */
  private void scoreFour(MemorySegment memory, long keys, float[] q, int qAt, int qStride, float[] scores, int at,
      int room) {
    int dim = shape.headDim();
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector even0 = zero, odd0 = zero, evenB0 = zero, oddB0 = zero;
    FloatVector even1 = zero, odd1 = zero, evenB1 = zero, oddB1 = zero;
    FloatVector even2 = zero, odd2 = zero, evenB2 = zero, oddB2 = zero;
    FloatVector even3 = zero, odd3 = zero, evenB3 = zero, oddB3 = zero;
    for (int d = 0; d < dim; d += 2) {
      long from = keys + (long) d * BLOCK * Float.BYTES;
      FloatVector a = load(memory, from);
      FloatVector b = load(memory, from + (long) WIDTH * Float.BYTES);
      FloatVector c = load(memory, from + BLOCK * Float.BYTES);
      FloatVector e = load(memory, from + (long) (BLOCK + WIDTH) * Float.BYTES);
      FloatVector x0 = FloatVector.broadcast(FLOATS, q[qAt + d]);
      even0 = a.fma(x0, even0);
      evenB0 = b.fma(x0, evenB0);
      FloatVector y0 = FloatVector.broadcast(FLOATS, q[qAt + d + 1]);
      odd0 = c.fma(y0, odd0);
      oddB0 = e.fma(y0, oddB0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, q[qAt + qStride + d]);
      even1 = a.fma(x1, even1);
      evenB1 = b.fma(x1, evenB1);
      FloatVector y1 = FloatVector.broadcast(FLOATS, q[qAt + qStride + d + 1]);
      odd1 = c.fma(y1, odd1);
      oddB1 = e.fma(y1, oddB1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, q[qAt + 2 * qStride + d]);
      even2 = a.fma(x2, even2);
      evenB2 = b.fma(x2, evenB2);
      FloatVector y2 = FloatVector.broadcast(FLOATS, q[qAt + 2 * qStride + d + 1]);
      odd2 = c.fma(y2, odd2);
      oddB2 = e.fma(y2, oddB2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, q[qAt + 3 * qStride + d]);
      even3 = a.fma(x3, even3);
      evenB3 = b.fma(x3, evenB3);
      FloatVector y3 = FloatVector.broadcast(FLOATS, q[qAt + 3 * qStride + d + 1]);
      odd3 = c.fma(y3, odd3);
      oddB3 = e.fma(y3, oddB3);
    }
    even0.add(odd0).mul(scale).intoArray(scores, at);
    evenB0.add(oddB0).mul(scale).intoArray(scores, at + WIDTH);
    even1.add(odd1).mul(scale).intoArray(scores, at + room);
    evenB1.add(oddB1).mul(scale).intoArray(scores, at + room + WIDTH);
    even2.add(odd2).mul(scale).intoArray(scores, at + 2 * room);
    evenB2.add(oddB2).mul(scale).intoArray(scores, at + 2 * room + WIDTH);
    even3.add(odd3).mul(scale).intoArray(scores, at + 3 * room);
    evenB3.add(oddB3).mul(scale).intoArray(scores, at + 3 * room + WIDTH);
  }

  private static FloatVector load(MemorySegment memory, long at) {
    return FloatVector.fromMemorySegment(FLOATS, memory, at, ORDER);
  }

  /** In place over the scores of whole blocks, counted from {@code at}; what a query does not see becomes 0. */
  private static void softmax(float[] scores, int at, int start, int first, int length, int padded) {
    int begin = at + start;
    int end = at + padded;
    for (int i = begin; i < at + first; i++) scores[i] = Float.NEGATIVE_INFINITY;
    for (int i = at + length; i < end; i++) scores[i] = Float.NEGATIVE_INFINITY;
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = begin; i < end; i += WIDTH) most = most.max(FloatVector.fromArray(FLOATS, scores, i));
    float max = most.reduceLanes(VectorOperators.MAX);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = begin; i < end; i += WIDTH) {
      FloatVector e = Lanes.exp(FloatVector.fromArray(FLOATS, scores, i).sub(max));
      e.intoArray(scores, i);
      sum = sum.add(e);
    }
    float norm = 1 / Lanes.sum(sum);
    for (int i = begin; i < end; i += WIDTH) FloatVector.fromArray(FLOATS, scores, i).mul(norm).intoArray(scores, i);
  }

  private static void mixFour(
      KvSequence kv, long values, int stride, int low, int length, float[] weights, int weightAt,
      float[] out, int outAt, int d) {
    FloatVector a = FloatVector.zero(FLOATS), b = a, c = a, e = a;
    for (int from = low / BLOCK * BLOCK; from < length; from += BLOCK) {
      MemorySegment memory = kv.block(from / BLOCK).memory();
      int to = Math.min(BLOCK, length - from);
      int t = Math.max(0, low - from);
      long at = values + (long) t * stride * Float.BYTES + (long) d * Float.BYTES;
      for (; t < to; t++, at += (long) stride * Float.BYTES) {
        FloatVector w = FloatVector.broadcast(FLOATS, weights[weightAt + from + t]);
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

  /** {@link #mixFour} for four queries; tokens that one of them does not see have the weight 0 for it. */
  private static void mixFourRows(KvSequence kv, long values, int stride, int low, int length, float[] weights,
      int room, float[] out, int outAt, int outStride, int d) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, b0 = zero, c0 = zero, e0 = zero;
    FloatVector a1 = zero, b1 = zero, c1 = zero, e1 = zero;
    FloatVector a2 = zero, b2 = zero, c2 = zero, e2 = zero;
    FloatVector a3 = zero, b3 = zero, c3 = zero, e3 = zero;
    for (int from = low / BLOCK * BLOCK; from < length; from += BLOCK) {
      MemorySegment memory = kv.block(from / BLOCK).memory();
      int to = Math.min(BLOCK, length - from);
      long first = values + (long) d * Float.BYTES;
      for (int t = Math.max(0, low - from); t < to; t++) {
        long at = first + (long) t * stride * Float.BYTES;
        FloatVector a = load(memory, at);
        FloatVector b = load(memory, at + (long) WIDTH * Float.BYTES);
        FloatVector c = load(memory, at + 2L * WIDTH * Float.BYTES);
        FloatVector e = load(memory, at + 3L * WIDTH * Float.BYTES);
        FloatVector w0 = FloatVector.broadcast(FLOATS, weights[from + t]);
        a0 = a.fma(w0, a0);
        b0 = b.fma(w0, b0);
        c0 = c.fma(w0, c0);
        e0 = e.fma(w0, e0);
        FloatVector w1 = FloatVector.broadcast(FLOATS, weights[room + from + t]);
        a1 = a.fma(w1, a1);
        b1 = b.fma(w1, b1);
        c1 = c.fma(w1, c1);
        e1 = e.fma(w1, e1);
        FloatVector w2 = FloatVector.broadcast(FLOATS, weights[2 * room + from + t]);
        a2 = a.fma(w2, a2);
        b2 = b.fma(w2, b2);
        c2 = c.fma(w2, c2);
        e2 = e.fma(w2, e2);
        FloatVector w3 = FloatVector.broadcast(FLOATS, weights[3 * room + from + t]);
        a3 = a.fma(w3, a3);
        b3 = b.fma(w3, b3);
        c3 = c.fma(w3, c3);
        e3 = e.fma(w3, e3);
      }
    }
    a0.intoArray(out, outAt);
    b0.intoArray(out, outAt + WIDTH);
    c0.intoArray(out, outAt + 2 * WIDTH);
    e0.intoArray(out, outAt + 3 * WIDTH);
    a1.intoArray(out, outAt + outStride);
    b1.intoArray(out, outAt + outStride + WIDTH);
    c1.intoArray(out, outAt + outStride + 2 * WIDTH);
    e1.intoArray(out, outAt + outStride + 3 * WIDTH);
    a2.intoArray(out, outAt + 2 * outStride);
    b2.intoArray(out, outAt + 2 * outStride + WIDTH);
    c2.intoArray(out, outAt + 2 * outStride + 2 * WIDTH);
    e2.intoArray(out, outAt + 2 * outStride + 3 * WIDTH);
    a3.intoArray(out, outAt + 3 * outStride);
    b3.intoArray(out, outAt + 3 * outStride + WIDTH);
    c3.intoArray(out, outAt + 3 * outStride + 2 * WIDTH);
    e3.intoArray(out, outAt + 3 * outStride + 3 * WIDTH);
  }

  private void mixOne(
      KvSequence kv, long values, int stride, int low, int length, float[] weights, int weightAt,
      float[] out, int outAt, int d) {
    FloatVector a = FloatVector.zero(FLOATS);
    for (int from = low / BLOCK * BLOCK; from < length; from += BLOCK) {
      MemorySegment memory = kv.block(from / BLOCK).memory();
      int to = Math.min(BLOCK, length - from);
      int t = Math.max(0, low - from);
      long at = values + (long) t * stride * Float.BYTES + (long) d * Float.BYTES;
      for (; t < to; t++, at += (long) stride * Float.BYTES) {
        FloatVector w = FloatVector.broadcast(FLOATS, weights[weightAt + from + t]);
        a = FloatVector.fromMemorySegment(FLOATS, memory, at, ORDER).fma(w, a);
      }
    }
    int width = Math.min(WIDTH, shape.headDim() - d);
    a.intoArray(out, outAt + d, FLOATS.indexInRange(0, width));
  }
}
