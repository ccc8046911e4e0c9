package dev.nescio.model.kernel;

/**
 * The low-rank term of one linear layer, scaling B A x. Source: Hu et al. 2021, LoRA, equation 3.
 */
public final class Lora {

  private static final int PANEL = Matrix.PANEL;

  private final int rank;
  private final int in;
  private final int out;
  private final float[] a;
  private final float[] b; // [rank][out], scaled: a panel's part of a row is contiguous

  /**
   * @param a [rank, in], kept as it is
   * @param b [out, rank]
   */
  public Lora(int rank, int in, int out, float[] a, float[] b, double scaling) {
    this.rank = rank;
    this.in = in;
    this.out = out;
    this.a = a;
    this.b = new float[rank * out];
    for (int o = 0; o < out; o++) {
      for (int j = 0; j < rank; j++) this.b[j * out + o] = (float) (scaling * b[o * rank + j]);
    }
  }

  int rank() {
    return rank;
  }

  /** low = A x of one row. */
  void reduce(float[] x, int at, float[] low, int lowAt) {
    for (int j = 0; j < rank; j++) low[lowAt + j] = Rows.dot(a, j * in, x, at, in);
  }

  /** Adds B low to the outputs of some panels of one row. */
  void expand(float[] low, int lowAt, int from, int to, float[] y, int at) {
    int first = from * PANEL;
    int width = Math.min(to * PANEL, out) - first;
    for (int j = 0; j < rank; j++) Rows.addScaled(y, at + first, b, j * out + first, low[lowAt + j], width);
  }
}
