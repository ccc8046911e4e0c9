package dev.nescio.model.kernel;

import static dev.nescio.model.kernel.Lanes.FLOATS;
import static dev.nescio.model.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Elementwise steps on one row of an array. Widths need not be multiples of a vector. */
final class Rows {

  /** e to it is still a number; silu is 0 beyond, to all digits. */
  private static final float LARGEST_EXPONENT = 87;

  private Rows() {}

  /** RMSNorm. Source: Zhang and Sennrich 2019 (1910.07467). */
  static void norm(float[] h, int at, float[] weight, float eps, int width, float[] out, int outAt) {
    FloatVector squares = FloatVector.zero(FLOATS);
    for (int i = 0; i < width; i += WIDTH) {
      FloatVector v = FloatVector.fromArray(FLOATS, h, at + i, mask(i, width));
      squares = v.fma(v, squares);
    }
    float scale = (float) (1 / Math.sqrt(Lanes.sum(squares) / width + eps));
    for (int i = 0; i < width; i += WIDTH) {
      VectorMask<Float> mask = mask(i, width);
      FloatVector.fromArray(FLOATS, h, at + i, mask).mul(scale).mul(FloatVector.fromArray(FLOATS, weight, i, mask))
          .intoArray(out, outAt + i, mask);
    }
  }

  /** h += x. */
  static void add(float[] h, int at, float[] x, int xAt, int width) {
    for (int i = 0; i < width; i += WIDTH) {
      VectorMask<Float> mask = mask(i, width);
      FloatVector.fromArray(FLOATS, h, at + i, mask).add(FloatVector.fromArray(FLOATS, x, xAt + i, mask))
          .intoArray(h, at + i, mask);
    }
  }

  /** y += factor x. */
  static void addScaled(float[] y, int at, float[] x, int xAt, float factor, int width) {
    for (int i = 0; i < width; i += WIDTH) {
      VectorMask<Float> mask = mask(i, width);
      FloatVector.fromArray(FLOATS, x, xAt + i, mask).fma(
          FloatVector.broadcast(FLOATS, factor), FloatVector.fromArray(FLOATS, y, at + i, mask)).intoArray(y, at + i, mask);
    }
  }

  static float dot(float[] x, int at, float[] y, int yAt, int width) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < width; i += WIDTH) {
      VectorMask<Float> mask = mask(i, width);
      sum = FloatVector.fromArray(FLOATS, x, at + i, mask).fma(FloatVector.fromArray(FLOATS, y, yAt + i, mask), sum);
    }
    return Lanes.sum(sum);
  }

  /** gate = silu(gate) up, silu(x) = x / (1 + e^-x). */
  static void gated(float[] gate, int at, float[] up, int upAt, int width) {
    for (int i = 0; i < width; i += WIDTH) {
      VectorMask<Float> mask = mask(i, width);
      FloatVector g = FloatVector.fromArray(FLOATS, gate, at + i, mask);
      FloatVector bottom = Lanes.exp(g.neg().min(LARGEST_EXPONENT)).add(1f);
      g.div(bottom).mul(FloatVector.fromArray(FLOATS, up, upAt + i, mask)).intoArray(gate, at + i, mask);
    }
  }

  /** Turns a head [dim] by the rows of the rotary table at {@code table}; the sines carry the sign of the rotation. */
  static void rotate(float[] x, int at, int dim, float[] cosines, float[] signedSines, int table) {
    int half = dim / 2;
    for (int i = 0; i < half; i += WIDTH) {
      VectorMask<Float> mask = mask(i, half);
      FloatVector a = FloatVector.fromArray(FLOATS, x, at + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, x, at + half + i, mask);
      turn(a, b, cosines, signedSines, table + i, mask).intoArray(x, at + i, mask);
      turn(b, a, cosines, signedSines, table + half + i, mask).intoArray(x, at + half + i, mask);
    }
  }

  private static FloatVector turn(
      FloatVector a, FloatVector b, float[] cosines, float[] sines, int at, VectorMask<Float> mask) {
    return a.mul(FloatVector.fromArray(FLOATS, cosines, at, mask))
        .add(b.mul(FloatVector.fromArray(FLOATS, sines, at, mask)));
  }

  private static VectorMask<Float> mask(int from, int width) {
    return FLOATS.indexInRange(from, width);
  }
}
