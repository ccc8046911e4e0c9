package dev.nescio.model.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Weights [out, in] of a linear layer, packed for products with any number of rows: panels of {@link #PANEL} outputs, in
 * each the weights of one input side by side. So a product reads its weights once, front to back, and needs no sums
 * across a vector.
 */
public abstract sealed class Matrix permits FloatMatrix, ByteMatrix {

  /** Outputs of a panel: two vectors. */
  public static final int PANEL = 2 * Lanes.WIDTH;

  private final int out;
  private final int in;

  Matrix(int out, int in) {
    this.out = out;
    this.in = in;
  }

  /**
   * Packs weights.
   *
   * @param format how they are kept
   * @param weights row-major [out, in]
   * @param memory  holds the packed weights
   */
  public static Matrix pack(WeightFormat format, float[] weights, int out, int in, Arena memory) {
    if (weights.length != (long) out * in) {
      throw new IllegalArgumentException("a matrix [" + out + ", " + in + "] has not " + weights.length + " weights");
    }
    return switch (format) {
      case FLOAT32 -> new FloatMatrix(weights, out, in, memory);
      case INT8 -> new ByteMatrix(weights, out, in, memory);
    };
  }

  public final int out() {
    return out;
  }

  public final int in() {
    return in;
  }

  /** Number of panels; the last one may be filled up with zeros. */
  public final int panels() {
    return (out + PANEL - 1) / PANEL;
  }

  /** Outputs with those that fill up the last panel: the least stride of {@code y}. */
  public final int paddedOut() {
    return panels() * PANEL;
  }

  /**
   * Computes {@code y[r * yStride + o] = sum of w[o][k] x[r * xStride + k]} for the outputs of some panels, in ascending
   * k, and 0 for outputs that fill up.
   *
   * @param from first panel
   * @param to   panel after the last
   */
  abstract void multiply(int from, int to, float[] x, int xStride, int rows, float[] y, int yStride);

  /** Copies the weights of one output, [in]. */
  abstract void row(int output, float[] target, int at);

  /** Memory of the weights in bytes. */
  public abstract long bytes();

  static MemorySegment allocate(Arena memory, long bytes) {
    return memory.allocate(bytes, 64);
  }
}
