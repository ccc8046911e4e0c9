package dev.nescio.model.kernel;

/** Records hidden states and attention weights of a span. */
public final class Probe {

  private final float[][] hidden; // [layers + 1][H], of the last token
  private final float[][] attentionToPrevious; // [tokens][layers x heads]
  private final int heads;

  /**
   * @param hidden width of the residual stream
   * @param heads  of a layer
   * @param tokens of the span
   */
  public Probe(int layers, int hidden, int heads, int tokens) {
    this.hidden = new float[layers + 1][hidden];
    this.attentionToPrevious = new float[tokens][layers * heads];
    this.heads = heads;
  }

  /** Residual stream at the last token, [layers + 1][H]. */
  public float[][] hidden() {
    return hidden;
  }

  /** Attention weights of each token to the one before it, [tokens][layers x heads]; 0 for a first token. */
  public float[][] attentionToPrevious() {
    return attentionToPrevious;
  }

  /**
   * Records the residual stream before a layer, or after the last.
   *
   * @param h  [.., H]
   * @param at where the token's begins
   */
  public void state(int layer, float[] h, int at) {
    System.arraycopy(h, at, hidden[layer], 0, hidden[layer].length);
  }

  /** Records the weight in [0, 1] of a token to the one before it. */
  public void attention(int token, int layer, int head, float weight) {
    attentionToPrevious[token][layer * heads + head] = weight;
  }
}
