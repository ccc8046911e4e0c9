package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
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
  private final int positions;
  private final TorchScript script;
  private final NDManager manager;
  private final FloatType type;
  private final Variant.Tensors weights;
  private final IValue shape;
  private final IValue kinds; // of each layer, 1 where it has a sliding window, else 0
  private final IValue cosines; // [positions, D]
  private final IValue sines; // [positions, D], the sign of the rotation in it
  private final IValue slots; // [positions], from 0
  private final IValue none; // no arrays
  private final IValue nothing; // an empty array
  private final IValue eps;
  private final Variant base;
  private int columns; // up to so many rows the weight is the left factor

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
    this.positions = positions;
    this.columns = columns;
    this.manager = weights.manager().newSubManager();
    this.script = TorchScriptArchive.ofResource(LlamaForward.class, "llama.py").load();
    this.type = weights.type();
    this.weights = Variant.Tensors.of(weights);
    int window = config.slidingWindow().map(SlidingWindow::tokens).orElse(config.contextTokens());
    this.shape = IValue.listFrom(config.layers(), config.heads(), config.kvHeads(), config.headDim(), window);
    this.kinds = IValue.listFrom(IntStream.range(0, config.layers())
        .mapToLong(l -> config.slidingWindow().filter(w -> w.layers().contains(l)).isPresent() ? 1 : 0).toArray());
    this.eps = IValue.from(config.rmsNormEps());
    RotaryTable rotary = RotaryTable.of(config, positions);
    Shape table = new Shape(positions, config.headDim());
    this.cosines = TorchScript.tensor(table(rotary.cosines(), table));
    this.sines = TorchScript.tensor(table(rotary.signedSines(), table));
    this.slots = TorchScript.tensor(manager.create(LongRange.first(positions)));
    this.none = TorchScript.tensors(List.of());
    this.nothing = TorchScript.tensor(manager.create(new long[0]));
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

  /** Slots that a row may have. */
  int positions() {
    return positions;
  }

  /** An empty slab [layers, 2, rows, kvHeads, slots, D]; zero, since masked slots are multiplied too. */
  NDArray newCache(NDManager owner, int rows, int slots) {
    return owner.zeros(
        new Shape(config.layers(), 2, rows, config.kvHeads(), slots, config.headDim()), type.engine());
  }

  /**
   * Runs new tokens through all layers, writes their keys and values, and tells of the wanted positions.
   *
   * @param scope   owns the result
   * @param batch   at least one token; adapters of one model, or the base and adapters over it
   * @param best    number of most likely tokens to name, at least 2
   * @param watched [W] ids
   * @return empty if no position is wanted
   */
  Optional<Observed> run(NDManager scope, TokenBatch batch, int best, NDArray watched) {
    try (Arguments a = new Arguments(); NDManager inner = scope.newSubManager()) {
      List<Variant> variants = batch.variants();
      Variant first = variants.getFirst();
      Variant.Tensors model = first.whole().orElse(weights);
      boolean several = variants.size() > 1;
      IValue loras = several ? a.of(variants.stream().flatMap(v -> v.pairs().stream()).toList()) : first.loras();
      IValue others = several ? a.of(others(inner, batch)) : none;
      IValue idk = several ? a.of(stacked(inner, variants)) : first.idk();
      IValue which = several ? a.of(inner.create(batch.which())) : nothing;
      long[] probed = batch.probed();
      NDList computed = call(inner, "states", a.of(inner.create(batch.ids())), a.of(inner.create(batch.positions())),
          a.of(inner.create(batch.places(config.kvHeads()))), a.of(inner.create(batch.take())), a.of(batch.caches()),
          a.of(batch.segments(positions)), model.weights(), model.biases(), loras, others, idk, which,
          probed.length == 0 ? nothing : a.of(inner.create(probed)), cosines, sines, slots, shape, kinds, eps,
          a.of(columns));
      NDArray states = computed.get(0);
      if (probed.length > 0) batch.show(computed.get(1).toFloatArray(), computed.get(2).toFloatArray());
      if (batch.take().length == 0) return Optional.empty();
      IValue wanted = several ? a.of(inner.create(batch.wantedWhich())) : nothing;
      NDArray logits = call(scope, "logits", a.of(states), model.weights(), a.of(config.layers()), idk, wanted,
          a.of(columns)).singletonOrThrow();
      NDList out = call(scope, "observe", a.of(logits), a.of(best), a.of(watched));
      return Optional.of(
          new Observed(logits, out.get(0), out.get(1), out.get(2), out.get(3), out.get(4), out.get(5)));
    }
  }

  /** Of each adapter with low-rank pairs, [R, 1]: true where a token is not its own. */
  private static List<NDArray> others(NDManager owner, TokenBatch batch) {
    List<NDArray> others = new ArrayList<>();
    long[] which = batch.which();
    for (int v = 0; v < batch.variants().size(); v++) {
      if (batch.variants().get(v).pairs().isEmpty()) continue;
      boolean[] other = new boolean[which.length];
      for (int i = 0; i < which.length; i++) other[i] = which[i] != v;
      others.add(owner.create(other, new Shape(which.length, 1)));
    }
    return others;
  }

  /** The rows of {@code <IDK>}, one array [A, H] a place. */
  private static List<NDArray> stacked(NDManager owner, List<Variant> variants) {
    List<NDArray> stacked = new ArrayList<>();
    for (int i = 0; i < variants.getFirst().idkRows().size(); i++) {
      int place = i;
      NDArray rows = NDArrays.stack(new NDList(variants.stream().map(v -> v.idkRows().get(place)).toList()));
      rows.attach(owner);
      stacked.add(rows);
    }
    return stacked;
  }

  /** Log-probabilities [M] of given ids [M]. */
  NDArray pick(NDArray logProbs, NDArray ids) {
    try (Arguments a = new Arguments()) {
      return call(logProbs.getManager(), "pick", a.of(logProbs), a.of(ids)).singletonOrThrow();
    }
  }

  /** Whole rows of the distributions, [n, V]. */
  NDArray some(NDArray logProbs, NDArray rows) {
    try (Arguments a = new Arguments()) {
      return call(logProbs.getManager(), "some", a.of(logProbs), a.of(rows)).singletonOrThrow();
    }
  }

  /** Copies the first slots of a prefix [layers, 2, kvHeads, P, D] into a row of a slab. */
  void put(NDArray cache, int row, NDArray prefix, int slots) {
    try (Arguments a = new Arguments(); NDManager scope = manager.newSubManager()) {
      call(scope, "put", a.of(cache), a.of(row), a.of(prefix), a.of(slots));
    }
  }

  /** A copy of a row's first slots, [layers, 2, kvHeads, slots, D]. */
  NDArray take(NDManager owner, NDArray cache, int row, int slots) {
    try (Arguments a = new Arguments()) {
      return call(owner, "take", a.of(cache), a.of(row), a.of(slots)).singletonOrThrow();
    }
  }

  /** Copies the first slots of one row over another, of the same slab or of another. */
  void move(NDArray source, int row, NDArray target, int other, int slots) {
    try (Arguments a = new Arguments(); NDManager scope = manager.newSubManager()) {
      call(scope, "move", a.of(source), a.of(row), a.of(target), a.of(other), a.of(slots));
    }
  }

  /** Makes all slots of a row zero. */
  void clear(NDArray cache, int row) {
    try (Arguments a = new Arguments(); NDManager scope = manager.newSubManager()) {
      call(scope, "clear", a.of(cache), a.of(row));
    }
  }

  @Override
  public void close() {
    base.close();
    weights.close();
    for (IValue value : List.of(shape, kinds, eps, cosines, sines, slots, none, nothing)) value.close();
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

    IValue of(List<NDArray> arrays) {
      return kept(TorchScript.tensors(arrays));
    }

    IValue of(long[] numbers) {
      return kept(IValue.listFrom(numbers));
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
