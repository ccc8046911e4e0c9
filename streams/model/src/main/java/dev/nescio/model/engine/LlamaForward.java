package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.RotaryTable;
import dev.nescio.model.llama.SlidingWindow;
import dev.nescio.model.torch.TorchScript;
import dev.nescio.model.torch.TorchScriptArchive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The arithmetic of a Llama without gradients: one engine call a step. Source of the calls: {@code llama.py}.
 *
 * <p>Base weights and rotary tables are bound once; an adapter, or other weights of the same shape, is an argument. Not
 * thread-safe.
 */
final class LlamaForward implements AutoCloseable {

  private final LlamaConfig config;
  private final TorchScript script;
  private final NDManager manager;
  private final FloatType type;
  private final Tensors weights;
  private final IValue shape;
  private final IValue kinds; // of each layer, 1 where it has a sliding window, else 0
  private final IValue cosines; // [positions, D]
  private final IValue sines; // [positions, D], the sign of the rotation in it
  private final IValue eps;
  private final Variant base;
  private int columns; // up to so many rows the weight is the left factor

  /** What differs between the base and what stands for it: low-rank pairs or other weights, and the row of {@code <IDK>}. */
  static final class Variant implements AutoCloseable {

    private final Optional<Tensors> whole;
    private final IValue loras;
    private final IValue idk;

    private Variant(Optional<Tensors> whole, List<NDArray> loras, List<NDArray> idkRows) {
      this.whole = whole;
      this.loras = TorchScript.tensors(loras);
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

    @Override
    public void close() {
      whole.ifPresent(Tensors::close);
      loras.close();
      idk.close();
    }
  }

  /**
   * A model's weights as arguments.
   *
   * @param weights canonical order without biases
   * @param biases  seven a layer, empty where there is none; or none at all
   */
  private record Tensors(IValue weights, IValue biases) implements AutoCloseable {

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

  /**
   * Distributions at M positions.
   *
   * @param logits   [M, V], float32, with {@code <IDK>} last if the model has it
   * @param logProbs [M, V]
   * @param entropy  [M], nats
   * @param best     [M] id of the most likely token, the lower one of two alike
   * @param topLogProbs [M, n], best first
   * @param topIds   [M, n]
   * @param watched  [M, W] log-probabilities of the watched ids
   */
  record Observed(
      NDArray logits, NDArray logProbs, NDArray entropy, NDArray best, NDArray topLogProbs, NDArray topIds,
      NDArray watched) {}

  LlamaForward(LlamaWeights weights, int positions, int columns) {
    this.config = weights.config();
    this.columns = columns;
    this.manager = weights.manager().newSubManager();
    this.script = TorchScriptArchive.ofResource(LlamaForward.class, "llama.py").load();
    this.type = weights.type();
    this.weights = Tensors.of(weights);
    int window = config.slidingWindow().map(SlidingWindow::tokens).orElse(config.contextTokens());
    this.shape = IValue.listFrom(config.layers(), config.heads(), config.kvHeads(), config.headDim(), window);
    this.kinds = IValue.listFrom(IntStream.range(0, config.layers())
        .mapToLong(l -> config.slidingWindow().filter(w -> w.layers().contains(l)).isPresent() ? 1 : 0).toArray());
    this.eps = IValue.from(config.rmsNormEps());
    RotaryTable rotary = RotaryTable.of(config, positions);
    Shape table = new Shape(positions, config.headDim());
    this.cosines = TorchScript.tensor(table(rotary.cosines(), table));
    this.sines = TorchScript.tensor(table(rotary.signedSines(), table));
    this.base = Variant.adapter(List.of(), weights.idkRows());
  }

  private NDArray table(float[] values, Shape table) {
    NDArray exact = manager.create(values, table);
    if (type == FloatType.FLOAT32) return exact;
    try (exact) {
      return exact.toType(type.engine(), false);
    }
  }

  /** The model without adapter. */
  Variant base() {
    return base;
  }

  void setColumns(int rows) {
    columns = rows;
  }

  /** An empty cache [layers, 2, rows, kvHeads, slots, D]; zero, since masked slots are multiplied too. */
  NDArray newCache(NDManager owner, int rows, int slots) {
    return owner.zeros(
        new Shape(config.layers(), 2, rows, config.kvHeads(), slots, config.headDim()), type.engine());
  }

  /**
   * Runs new tokens through all layers and writes their keys and values.
   *
   * @param ids       [B, T]
   * @param positions [B, T]
   * @param mask      [B, 1, T, slot + T], added to the scores: 0 at what a position sees, in the order of positions,
   *                  else -inf; T may be 1. Layers with a sliding window narrow it to the last of these
   * @param take      [M] rows of B x T whose states are wanted
   * @param row       first row of the cache
   * @param slot      first slot written
   * @return normed states [M, H], owned by the manager of {@code ids}
   */
  NDArray states(Variant variant, NDArray cache, int row, int slot, NDArray ids, NDArray positions, NDArray mask,
      NDArray take) {
    try (Arguments a = new Arguments()) {
      return call(ids.getManager(), "states", a.of(ids), a.of(positions), a.of(mask), a.of(take), a.of(cache),
          a.of(row), a.of(slot), variant.whole.orElse(weights).weights(), variant.whole.orElse(weights).biases(),
          variant.loras, variant.idk, cosines, sines, shape, kinds, eps, a.of(columns)).singletonOrThrow();
    }
  }

  /**
   * Distributions over the vocabulary.
   *
   * @param states  [M, H]
   * @param best    number of most likely tokens to name, at least 2
   * @param watched [W] ids
   */
  Observed observe(Variant variant, NDArray states, int best, NDArray watched) {
    try (Arguments a = new Arguments()) {
      NDManager owner = states.getManager();
      NDArray logits = call(owner, "logits", a.of(states), variant.whole.orElse(weights).weights(),
          a.of(config.layers()), variant.idk, a.of(columns)).singletonOrThrow();
      NDList out = call(owner, "observe", a.of(logits), a.of(best), a.of(watched));
      return new Observed(logits, out.get(0), out.get(1), out.get(2), out.get(3), out.get(4), out.get(5));
    }
  }

  /** Log-probabilities [M] of given ids [M]. */
  NDArray pick(NDArray logProbs, NDArray ids) {
    try (Arguments a = new Arguments()) {
      return call(logProbs.getManager(), "pick", a.of(logProbs), a.of(ids)).singletonOrThrow();
    }
  }

  /** Copies the first slots of a prefix [layers, 2, kvHeads, P, D] into a row of the cache. */
  void put(NDArray cache, int row, int slot, NDArray prefix, int slots) {
    try (Arguments a = new Arguments(); NDManager scope = manager.newSubManager()) {
      call(scope, "put", a.of(cache), a.of(row), a.of(slot), a.of(prefix), a.of(slots));
    }
  }

  /** A copy of a row's slots, [layers, 2, kvHeads, slots, D]. */
  NDArray take(NDManager owner, NDArray cache, int row, int slot, int slots) {
    try (Arguments a = new Arguments()) {
      return call(owner, "take", a.of(cache), a.of(row), a.of(slot), a.of(slots)).singletonOrThrow();
    }
  }

  /** Copies the first slots of one row over another. */
  void move(NDArray cache, int source, int target, int slots) {
    try (Arguments a = new Arguments(); NDManager scope = manager.newSubManager()) {
      call(scope, "move", a.of(cache), a.of(source), a.of(target), a.of(slots));
    }
  }

  @Override
  public void close() {
    base.close();
    weights.close();
    for (IValue value : List.of(shape, kinds, eps, cosines, sines)) value.close();
    script.close();
    manager.close();
  }

  private NDList call(NDManager owner, String method, IValue... arguments) {
    try (IValue result = script.run(method, arguments)) {
      return result.toNDList((PtNDManager) owner);
    }
  }

  /** The arguments of one call that are closed after it. */
  private static final class Arguments implements AutoCloseable {

    private final List<IValue> values = new ArrayList<>();

    IValue of(NDArray array) {
      return kept(TorchScript.tensor(array));
    }

    IValue of(int number) {
      return kept(IValue.from((long) number));
    }

    private IValue kept(IValue value) {
      values.add(value);
      return value;
    }

    @Override
    public void close() {
      values.forEach(IValue::close);
    }
  }
}
