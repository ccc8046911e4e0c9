package dev.nescio.model.kernel;

import java.util.List;

/** Arrays of a run, allocated once for the largest. */
final class Buffers {

  final float[] h; // [rows, H] residual stream
  final float[] x; // [rows, H] input of products
  final float[] mixed; // [rows, heads x D] what attention read
  final float[] sum; // [rows, sumStride] to be added to h
  final int sumStride;
  final float[] logits; // [wanted, logitStride]
  final int logitStride;
  private final float[][] outputs; // of each linear layer
  private final float[][] low = new float[Adapter.LINEARS][0];
  private final int maxRows;
  private final int maxWanted;

  Buffers(DecoderShape shape, int maxRows, int maxWanted) {
    this.maxRows = maxRows;
    this.maxWanted = maxWanted;
    int width = shape.heads() * shape.headDim();
    int narrow = shape.kvHeads() * shape.headDim();
    this.h = new float[maxRows * shape.hidden()];
    this.x = new float[maxRows * shape.hidden()];
    this.mixed = new float[maxRows * width];
    this.sumStride = padded(shape.hidden());
    this.sum = new float[maxRows * sumStride];
    this.logitStride = padded(shape.vocab() + 1);
    this.logits = new float[maxWanted * logitStride];
    float[] gate = new float[maxRows * padded(shape.intermediate())];
    float[] up = new float[gate.length];
    this.outputs = new float[][] {
        new float[maxRows * padded(width)], new float[maxRows * padded(narrow)], new float[maxRows * padded(narrow)],
        sum, gate, up, sum};
  }

  /** Output of a linear layer, a row its {@link Linear#stride}. */
  float[] of(int linear) {
    return outputs[linear];
  }

  /** Low-rank intermediate of a linear layer. */
  float[] low(int linear) {
    return low[linear];
  }

  /** Makes room for low-rank intermediates; before the rows are shared out. */
  void makeLow(int size) {
    for (int i = 0; i < low.length; i++) if (low[i].length < size) low[i] = new float[size];
  }

  void require(List<Span> spans) {
    int rows = spans.stream().mapToInt(s -> s.tokens().length).sum();
    int wanted = spans.stream().mapToInt(Span::wanted).sum();
    if (rows > maxRows || wanted > maxWanted) {
      throw new IllegalArgumentException(rows + " rows with " + wanted + " logits; " + maxRows + " and " + maxWanted
          + " are the most");
    }
  }

  static int padded(int out) {
    return (out + Matrix.PANEL - 1) / Matrix.PANEL * Matrix.PANEL;
  }
}
