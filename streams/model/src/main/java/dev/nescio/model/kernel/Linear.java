package dev.nescio.model.kernel;

/**
 * A linear layer: y = W x + b, plus the low-rank terms of adapters.
 *
 * @param bias [out], or no elements
 */
public record Linear(Matrix matrix, float[] bias) {

  private static final int PANEL = Matrix.PANEL;

  public Linear {
    if (bias.length != 0 && bias.length != matrix.out()) {
      throw new IllegalArgumentException("a bias of " + bias.length + " for " + matrix.out() + " outputs");
    }
  }

  int stride() {
    return matrix.paddedOut();
  }

  /** Computes some panels for all rows, without adapters. */
  void compute(int from, int to, float[] x, int xStride, int rows, float[] y) {
    matrix.multiply(from, to, x, xStride, rows, y, stride());
    if (bias.length == 0) return;
    int first = from * PANEL;
    int width = Math.min(to * PANEL, matrix.out()) - first;
    for (int r = 0; r < rows; r++) Rows.add(y, r * stride() + first, bias, first, width);
  }
}
