package dev.nescio.model.kernel;

import static dev.nescio.model.kernel.Lanes.FLOATS;
import static dev.nescio.model.kernel.Lanes.ORDER;
import static dev.nescio.model.kernel.Lanes.WIDTH;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weights as signed bytes with one scale an output, the largest weight becoming 127. They are made floats in the
 * registers; activations stay float32.
 *
 * <p>The tiles are written out, since accumulators must be local variables to stay in
 * registers.
 */
final class ByteMatrix extends Matrix {

  private static final int BYTES = Byte.BYTES;
  private static final int HALF = WIDTH * BYTES;
  private static final int STEP = PANEL * BYTES;
  private static final int LARGEST = 127;
  /** Narrower machines read more bytes than they use. */
  private static final VectorSpecies<Byte> READ =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, WIDTH * Byte.SIZE)));

  private final int in;
  private final MemorySegment memory;
  private final float[] scales;

  ByteMatrix(RowSource weights, int out, int in, Arena arena) {
    super(out, in);
    this.in = in;
    this.memory = allocate(arena, (long) paddedOut() * in + READ.vectorByteSize());
    this.scales = new float[paddedOut()];
    float[] row = new float[in];
    for (int o = 0; o < out; o++) {
      weights.read(o, row);
      float largest = 0;
      for (float weight : row) largest = Math.max(largest, Math.abs(weight));
      float scale = largest / LARGEST;
      scales[o] = scale;
      for (int k = 0; k < in; k++) {
        int value = scale == 0 ? 0 : Math.round(row[k] / scale);
        memory.set(ValueLayout.JAVA_BYTE, index(o, k), (byte) value);
      }
    }
  }

  @Override
  void row(int output, float[] target, int at) {
    for (int k = 0; k < in; k++) {
      target[at + k] = scales[output] * memory.get(ValueLayout.JAVA_BYTE, index(output, k));
    }
  }

  @Override
  public long bytes() {
    return memory.byteSize() + (long) scales.length * Float.BYTES;
  }

  private long index(int output, int k) {
    return ((long) (output / PANEL) * in + k) * PANEL + output % PANEL;
  }

  private FloatVector weights(long at) {
    return (FloatVector) ByteVector.fromMemorySegment(READ, memory, at, ORDER)
        .convertShape(VectorOperators.B2F, FLOATS, 0);
  }

  private static void store(FloatVector a, FloatVector b, float[] y, int at) {
    a.intoArray(y, at);
    b.intoArray(y, at + WIDTH);
  }

  /** Apart from the tiles: as part of them it made them too large for the compiler to keep in registers. */
  @Override
  void finish(int output, int rows, float[] y, int yStride) {
    for (int i = 0; i < PANEL; i += WIDTH) {
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, output + i);
      for (int r = 0; r < rows; r++) {
        int at = r * yStride + output + i;
        FloatVector.fromArray(FLOATS, y, at).mul(scale).intoArray(y, at);
      }
    }
  }

  @Override
  void eight(int output, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    long at = (long) output * in * BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, b0 = zero;
    FloatVector a1 = zero, b1 = zero;
    FloatVector a2 = zero, b2 = zero;
    FloatVector a3 = zero, b3 = zero;
    FloatVector a4 = zero, b4 = zero;
    FloatVector a5 = zero, b5 = zero;
    FloatVector a6 = zero, b6 = zero;
    FloatVector a7 = zero, b7 = zero;
    for (int k = 0; k < in; k++) {
      long from = at + (long) k * STEP;
      FloatVector v = weights(from);
      FloatVector w = weights(from + HALF);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
      a0 = v.fma(x0, a0);
      b0 = w.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[xAt + xStride + k]);
      a1 = v.fma(x1, a1);
      b1 = w.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[xAt + 2 * xStride + k]);
      a2 = v.fma(x2, a2);
      b2 = w.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[xAt + 3 * xStride + k]);
      a3 = v.fma(x3, a3);
      b3 = w.fma(x3, b3);
      FloatVector x4 = FloatVector.broadcast(FLOATS, x[xAt + 4 * xStride + k]);
      a4 = v.fma(x4, a4);
      b4 = w.fma(x4, b4);
      FloatVector x5 = FloatVector.broadcast(FLOATS, x[xAt + 5 * xStride + k]);
      a5 = v.fma(x5, a5);
      b5 = w.fma(x5, b5);
      FloatVector x6 = FloatVector.broadcast(FLOATS, x[xAt + 6 * xStride + k]);
      a6 = v.fma(x6, a6);
      b6 = w.fma(x6, b6);
      FloatVector x7 = FloatVector.broadcast(FLOATS, x[xAt + 7 * xStride + k]);
      a7 = v.fma(x7, a7);
      b7 = w.fma(x7, b7);
    }
    store(a0, b0, y, yAt);
    store(a1, b1, y, yAt + yStride);
    store(a2, b2, y, yAt + 2 * yStride);
    store(a3, b3, y, yAt + 3 * yStride);
    store(a4, b4, y, yAt + 4 * yStride);
    store(a5, b5, y, yAt + 5 * yStride);
    store(a6, b6, y, yAt + 6 * yStride);
    store(a7, b7, y, yAt + 7 * yStride);
  }

  @Override
  void four(int output, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    long at = (long) output * in * BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, b0 = zero;
    FloatVector a1 = zero, b1 = zero;
    FloatVector a2 = zero, b2 = zero;
    FloatVector a3 = zero, b3 = zero;
    for (int k = 0; k < in; k++) {
      long from = at + (long) k * STEP;
      FloatVector v = weights(from);
      FloatVector w = weights(from + HALF);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
      a0 = v.fma(x0, a0);
      b0 = w.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[xAt + xStride + k]);
      a1 = v.fma(x1, a1);
      b1 = w.fma(x1, b1);
      FloatVector x2 = FloatVector.broadcast(FLOATS, x[xAt + 2 * xStride + k]);
      a2 = v.fma(x2, a2);
      b2 = w.fma(x2, b2);
      FloatVector x3 = FloatVector.broadcast(FLOATS, x[xAt + 3 * xStride + k]);
      a3 = v.fma(x3, a3);
      b3 = w.fma(x3, b3);
    }
    store(a0, b0, y, yAt);
    store(a1, b1, y, yAt + yStride);
    store(a2, b2, y, yAt + 2 * yStride);
    store(a3, b3, y, yAt + 3 * yStride);
  }

  @Override
  void two(int output, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride) {
    long at = (long) output * in * BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, b0 = zero;
    FloatVector a1 = zero, b1 = zero;
    for (int k = 0; k < in; k++) {
      long from = at + (long) k * STEP;
      FloatVector v = weights(from);
      FloatVector w = weights(from + HALF);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
      a0 = v.fma(x0, a0);
      b0 = w.fma(x0, b0);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[xAt + xStride + k]);
      a1 = v.fma(x1, a1);
      b1 = w.fma(x1, b1);
    }
    store(a0, b0, y, yAt);
    store(a1, b1, y, yAt + yStride);
  }

  @Override
  void one(int output, float[] x, int xAt, float[] y, int yAt) {
    long at = (long) output * in * BYTES;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, b0 = zero;
    for (int k = 0; k < in; k++) {
      long from = at + (long) k * STEP;
      FloatVector v = weights(from);
      FloatVector w = weights(from + HALF);
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[xAt + k]);
      a0 = v.fma(x0, a0);
      b0 = w.fma(x0, b0);
    }
    store(a0, b0, y, yAt);
  }

  @Override
  void twoOfThree(int output, float[] x, int xStride, float[] y, int yStride) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a00 = zero, b00 = zero;
    FloatVector a01 = zero, b01 = zero;
    FloatVector a10 = zero, b10 = zero;
    FloatVector a11 = zero, b11 = zero;
    FloatVector a20 = zero, b20 = zero;
    FloatVector a21 = zero, b21 = zero;
    long at = (long) output * in * BYTES;
    long second = (long) PANEL * in * BYTES;
    long third = 2 * second;
    for (int k = 0; k < in; k++) {
      long from = at + (long) k * STEP;
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[k]);
      FloatVector x1 = FloatVector.broadcast(FLOATS, x[xStride + k]);
      FloatVector v0 = weights(from);
      FloatVector w0 = weights(from + HALF);
      a00 = v0.fma(x0, a00);
      b00 = w0.fma(x0, b00);
      a01 = v0.fma(x1, a01);
      b01 = w0.fma(x1, b01);
      FloatVector v1 = weights(from + second);
      FloatVector w1 = weights(from + second + HALF);
      a10 = v1.fma(x0, a10);
      b10 = w1.fma(x0, b10);
      a11 = v1.fma(x1, a11);
      b11 = w1.fma(x1, b11);
      FloatVector v2 = weights(from + third);
      FloatVector w2 = weights(from + third + HALF);
      a20 = v2.fma(x0, a20);
      b20 = w2.fma(x0, b20);
      a21 = v2.fma(x1, a21);
      b21 = w2.fma(x1, b21);
    }
    store(a00, b00, y, output);
    store(a10, b10, y, output + PANEL);
    store(a20, b20, y, output + 2 * PANEL);
    store(a01, b01, y, yStride + output);
    store(a11, b11, y, yStride + output + PANEL);
    store(a21, b21, y, yStride + output + 2 * PANEL);
  }

  @Override
  void oneOfThree(int output, float[] x, float[] y) {
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector a0 = zero, b0 = zero;
    FloatVector a1 = zero, b1 = zero;
    FloatVector a2 = zero, b2 = zero;
    long at = (long) output * in * BYTES;
    long second = (long) PANEL * in * BYTES;
    long third = 2 * second;
    for (int k = 0; k < in; k++) {
      long from = at + (long) k * STEP;
      FloatVector x0 = FloatVector.broadcast(FLOATS, x[k]);
      a0 = weights(from).fma(x0, a0);
      b0 = weights(from + HALF).fma(x0, b0);
      a1 = weights(from + second).fma(x0, a1);
      b1 = weights(from + second + HALF).fma(x0, b1);
      a2 = weights(from + third).fma(x0, a2);
      b2 = weights(from + third + HALF).fma(x0, b2);
    }
    store(a0, b0, y, output);
    store(a1, b1, y, output + PANEL);
    store(a2, b2, y, output + 2 * PANEL);
  }
}
