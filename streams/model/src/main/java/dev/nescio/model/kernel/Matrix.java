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

  /** Rows of a product that the memory bounds, not the arithmetic. */
  static final int FEW_ROWS = 2;

  /**
   * Panels that are read side by side for few rows. The processor reads ahead within a page only: while one stream begins
   * a page, the others go on.
   */
  static final int TOGETHER = 3;

  /** Two accumulators a row: sixteen fit beside the weights only where there are 32 registers. */
  private static final boolean EIGHT_ROWS = Lanes.WIDTH >= 16;

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
    return pack(format, (o, row) -> System.arraycopy(weights, o * in, row, 0, in), out, in, memory);
  }

  /** Packs weights that are read row by row; see {@link #pack(WeightFormat, float[], int, int, Arena)}. */
  public static Matrix pack(WeightFormat format, RowSource weights, int out, int in, Arena memory) {
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
  final void multiply(int from, int to, float[] x, int xStride, int rows, float[] y, int yStride) {
    int panel = from;
    for (; rows <= FEW_ROWS && panel + TOGETHER <= to; panel += TOGETHER) {
      int o = panel * PANEL;
      if (rows == 1) oneOfThree(o, x, y); else twoOfThree(o, x, xStride, y, yStride);
      for (int i = 0; i < TOGETHER; i++) finish(o + i * PANEL, rows, y, yStride);
    }
    for (; panel < to; panel++) {
      int o = panel * PANEL;
      int r = 0;
      for (; r + 8 <= rows && EIGHT_ROWS; r += 8) eight(o, x, r * xStride, xStride, y, r * yStride + o, yStride);
      for (; r + 4 <= rows; r += 4) four(o, x, r * xStride, xStride, y, r * yStride + o, yStride);
      for (; r + 2 <= rows; r += 2) two(o, x, r * xStride, xStride, y, r * yStride + o, yStride);
      if (r < rows) one(o, x, r * xStride, y, r * yStride + o);
      finish(o, rows, y, yStride);
    }
  }

  /** One panel, eight rows. */
  abstract void eight(int output, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride);

  /** One panel, four rows. */
  abstract void four(int output, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride);

  /** One panel, two rows. */
  abstract void two(int output, float[] x, int xAt, int xStride, float[] y, int yAt, int yStride);

  /** One panel, one row. */
  abstract void one(int output, float[] x, int xAt, float[] y, int yAt);

  /** Three panels, two rows. */
  abstract void twoOfThree(int output, float[] x, int xStride, float[] y, int yStride);

  /** Three panels, one row. */
  abstract void oneOfThree(int output, float[] x, float[] y);

  /** What is left to be done with the outputs of a panel. */
  void finish(int output, int rows, float[] y, int yStride) {}

  /** Copies the weights of one output, [in]. */
  abstract void row(int output, float[] target, int at);

  /** Memory of the weights in bytes. */
  public abstract long bytes();

  static MemorySegment allocate(Arena memory, long bytes) {
    return memory.allocate(bytes, 64);
  }
}
