package dev.nescio.model.kernel;

import java.util.List;

/**
 * Widths of a decoder.
 *
 * @param hidden       width of the residual stream, H
 * @param intermediate width of the gated feed-forward, F
 * @param headDim      width of a head, even
 * @param vocab        outputs of the head, V, without {@code <IDK>}
 * @param eps          added to the mean square of a norm
 * @param windows      of each layer, the positions that one of them sees at most, its own included; at least 1, and
 *                     where all before is to be seen, at least the longest sequence
 */
public record DecoderShape(
    int layers, int hidden, int intermediate, int heads, int kvHeads, int headDim, int vocab, float eps,
    List<Integer> windows) {

  public DecoderShape {
    if (heads % kvHeads != 0) throw new IllegalArgumentException(heads + " heads do not share " + kvHeads + " evenly");
    windows = List.copyOf(windows);
    if (windows.size() != layers) {
      throw new IllegalArgumentException(windows.size() + " windows for " + layers + " layers");
    }
    for (int window : windows) {
      if (window < 1) throw new IllegalArgumentException("a window must be at least 1, is " + window);
    }
  }

  /** Query heads that share keys and values. */
  public int groups() {
    return heads / kvHeads;
  }
}
