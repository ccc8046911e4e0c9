package dev.nescio.model.kernel;

/** Records hidden states and attention weights of a span. */
public final class Probe {

  private final float[][] hidden; // [layers + 1][H], of the last token
  private final float[][] attentionToPrevious; // [tokens][layers x heads]
  private final int heads;

  public Probe(DecoderShape shape, int tokens) {
    this.hidden = new float[shape.layers() + 1][shape.hidden()];
    this.attentionToPrevious = new float[tokens][shape.layers() * shape.heads()];
    this.heads = shape.heads();
  }

  /** Residual stream at the last token, [layers + 1][H]. */
  public float[][] hidden() {
    return hidden;
  }

  /** Attention weights of each token to the one before it, [tokens][layers x heads]; 0 for a first token. */
  public float[][] attentionToPrevious() {
    return attentionToPrevious;
  }

  void state(int layer, float[] h, int at) {
    System.arraycopy(h, at, hidden[layer], 0, hidden[layer].length);
  }

  void attention(int token, int layer, int head, float weight) {
    attentionToPrevious[token][layer * heads + head] = weight;
  }
}
