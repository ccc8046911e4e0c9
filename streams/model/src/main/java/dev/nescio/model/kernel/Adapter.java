package dev.nescio.model.kernel;

import java.util.Optional;

/** What a sequence uses beside the base weights: low-rank terms and the vectors of {@code <IDK>}. Immutable. */
public final class Adapter {

  /** Linear layers of a decoder layer: q, k, v, o, gate, up, down. */
  public static final int LINEARS = 7;

  private final Lora[][] loras; // [layers][LINEARS], null where there is none; no elements without any
  private final float[] idkEmbedding;
  private final float[] idkOutput;

  /**
   * @param loras        [layers][7], null where a layer is not adapted; or no elements
   * @param idkEmbedding [H], or no elements when the model has no {@code <IDK>}
   * @param idkOutput    [H], the same array when the head is tied
   */
  public Adapter(Lora[][] loras, float[] idkEmbedding, float[] idkOutput) {
    this.loras = loras;
    this.idkEmbedding = idkEmbedding;
    this.idkOutput = idkOutput;
  }

  /** The base as it is. */
  public static Adapter none(float[] idkEmbedding, float[] idkOutput) {
    return new Adapter(new Lora[0][], idkEmbedding, idkOutput);
  }

  /**
   * The same with low-rank terms and other vectors of {@code <IDK>}. Where the head is tied, its embedding is its output
   * too.
   */
  public Adapter with(Lora[][] terms, Optional<float[]> embedding, Optional<float[]> output) {
    boolean tied = idkOutput == idkEmbedding;
    return new Adapter(
        terms, embedding.orElse(idkEmbedding), output.or(() -> tied ? embedding : Optional.empty()).orElse(idkOutput));
  }

  Optional<Lora> lora(int layer, int linear) {
    return loras.length == 0 ? Optional.empty() : Optional.ofNullable(loras[layer][linear]);
  }

  /** Highest rank of its terms, 0 without any. */
  int rank() {
    int rank = 0;
    for (Lora[] layer : loras) for (Lora lora : layer) if (lora != null) rank = Math.max(rank, lora.rank());
    return rank;
  }

  boolean hasLoras() {
    return loras.length > 0;
  }

  public boolean hasIdk() {
    return idkEmbedding.length > 0;
  }

  float[] idkEmbedding() {
    return idkEmbedding;
  }

  float[] idkOutput() {
    return idkOutput;
  }
}
