package dev.nescio.model.kernel;

import java.util.List;

/**
 * Weights of a decoder, packed. The memory is the caller's.
 *
 * @param embedding   [V, H]
 * @param finalNorm   [H]
 * @param head        [V, H]; the embedding itself when tied
 * @param cosines     [positions x D] of the rotary embedding
 * @param signedSines [positions x D], negative in the first half of a head
 */
public record DecoderWeights(
    DecoderShape shape, Matrix embedding, List<Layer> layers, float[] finalNorm, Matrix head, float[] cosines,
    float[] signedSines) {

  /**
   * One layer.
   *
   * @param linears q, k, v, o, gate, up, down
   */
  public record Layer(float[] inputNorm, float[] attentionNorm, List<Linear> linears) {

    public Layer {
      linears = List.copyOf(linears);
      if (linears.size() != Adapter.LINEARS) throw new IllegalArgumentException(linears.size() + " linear layers");
    }

    Linear linear(int i) {
      return linears.get(i);
    }
  }

  public DecoderWeights {
    layers = List.copyOf(layers);
    if (layers.size() != shape.layers()) throw new IllegalArgumentException(layers.size() + " layers of weights");
  }

  /** Memory of the matrices. */
  public long bytes() {
    long sum = embedding.bytes() + (head == embedding ? 0 : head.bytes());
    for (Layer layer : layers) for (Linear linear : layer.linears()) sum += linear.matrix().bytes();
    return sum;
  }
}
