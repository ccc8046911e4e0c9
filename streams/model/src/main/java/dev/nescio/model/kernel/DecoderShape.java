package dev.nescio.model.kernel;

/**
 * Widths of a decoder.
 *
 * @param hidden       width of the residual stream, H
 * @param intermediate width of the gated feed-forward, F
 * @param headDim      width of a head, even
 * @param vocab        outputs of the head, V, without {@code <IDK>}
 * @param eps          added to the mean square of a norm
 */
public record DecoderShape(
    int layers, int hidden, int intermediate, int heads, int kvHeads, int headDim, int vocab, float eps) {

  public DecoderShape {
    if (heads % kvHeads != 0) throw new IllegalArgumentException(heads + " heads do not share " + kvHeads + " evenly");
  }

  /** Query heads that share keys and values. */
  public int groups() {
    return heads / kvHeads;
  }
}
