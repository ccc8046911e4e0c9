package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.IValue;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.torch.TorchScript;
import java.util.List;
import java.util.Optional;

/**
 * What differs between the base and what stands for it: low-rank pairs or other weights, and the row of {@code <IDK>}.
 * The arrays stay their owner's.
 */
final class Variant implements AutoCloseable {

  private final Optional<Tensors> whole;
  private final List<NDArray> pairs;
  private final List<NDArray> idkRows;
  private final IValue loras;
  private final IValue idk;

  private Variant(Optional<Tensors> whole, List<NDArray> pairs, List<NDArray> idkRows) {
    this.whole = whole;
    this.pairs = List.copyOf(pairs);
    this.idkRows = List.copyOf(idkRows);
    this.loras = TorchScript.tensors(pairs);
    this.idk = TorchScript.tensors(idkRows);
  }

  /**
   * An adapter over the base weights.
   *
   * @param loras  A [r, in] and scaled B [out, r] of each projection of each layer, empty arrays where there is none;
   *               or no arrays at all
   * @param idkRows none; or one [H]; or two, embedding and output, where the output matrix is not the embedding
   */
  static Variant adapter(List<NDArray> loras, List<NDArray> idkRows) {
    return new Variant(Optional.empty(), loras, idkRows);
  }

  /** Other weights in place of the base's, of the same shape. */
  static Variant whole(LlamaWeights weights) {
    return new Variant(Optional.of(Tensors.of(weights)), List.of(), weights.idkRows());
  }

  /** Its own weights, if they are not the base's. */
  Optional<Tensors> whole() {
    return whole;
  }

  /** As {@link #adapter} was given them. */
  List<NDArray> pairs() {
    return pairs;
  }

  /** As {@link #adapter} was given them. */
  List<NDArray> idkRows() {
    return idkRows;
  }

  /** {@link #pairs} as an argument. */
  IValue loras() {
    return loras;
  }

  /** {@link #idkRows} as an argument. */
  IValue idk() {
    return idk;
  }

  @Override
  public void close() {
    whole.ifPresent(Tensors::close);
    loras.close();
    idk.close();
  }

  /**
   * A model's weights as arguments.
   *
   * @param weights canonical order without biases
   * @param biases  seven a layer, empty where there is none; or none at all
   */
  record Tensors(IValue weights, IValue biases) implements AutoCloseable {

    static Tensors of(LlamaWeights weights) {
      List<NDArray> list = weights.list();
      List<NDArray> biases = weights.biases();
      int plain = list.size() - weights.config().layers() * weights.config().biases().size();
      return new Tensors(TorchScript.tensors(list.subList(0, plain)), TorchScript.tensors(biases));
    }

    @Override
    public void close() {
      weights.close();
      biases.close();
    }
  }
}
