package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.batch.LoadedModel;
import dev.nescio.model.files.FloatType;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The base on the engine, an adapter's arrays beside it, or a whole tuned model. Closing frees the memory. */
final class TorchModel implements LoadedModel {

  private final Optional<String> id;
  private final Object weights;
  private final NDManager manager;
  private final Variant variant;
  private volatile boolean closed;

  private TorchModel(Optional<String> id, Object weights, NDManager manager, Variant variant) {
    this.id = id;
    this.weights = weights;
    this.manager = manager;
    this.variant = variant;
  }

  /** The model without adapter; its weights stay their owner's. */
  static TorchModel base(LlamaForward forward, LlamaWeights weights) {
    return new TorchModel(Optional.empty(), weights, weights.manager().newSubManager(), forward.base());
  }

  /**
   * @param base supplies shape and, when the adapter has none, the rows of {@code <IDK>}
   * @throws ModelFormatException when the adapter's {@code <IDK>} is not the base's
   */
  static TorchModel of(PeftAdapter adapter, LlamaWeights base) throws ModelFormatException {
    LlamaConfig config = base.config();
    if (adapter.idkId().isPresent()
        && (base.idkRow().isEmpty() || adapter.idkId().get() != config.vocabSize())) {
      throw new ModelFormatException("the adapter trains token " + adapter.idkId().get() + ", but the base was opened "
          + (base.idkRow().isEmpty() ? "without <IDK>" : "with <IDK> as " + config.vocabSize()));
    }
    NDManager manager = base.manager().newSubManager();
    FloatType type = base.type();
    List<NDArray> rows = new ArrayList<>(base.idkRows());
    adapter.idkRow().ifPresent(row -> rows.set(0, own(manager, row, new Shape(row.length), type)));
    adapter.idkOutputRow().ifPresent(row -> rows.set(1, own(manager, row, new Shape(row.length), type)));
    return new TorchModel(
        Optional.of(adapter.id()), base, manager, Variant.adapter(arrays(manager, adapter, config, type), rows));
  }

  /**
   * A model that was tuned as a whole; it takes as much memory as the base.
   *
   * @param id the digest of the directory
   * @throws ModelFormatException when it has not the shape of the base, or lacks {@code <IDK>}
   */
  static TorchModel whole(String id, Path directory, LlamaWeights base) throws IOException {
    LlamaWeights weights = LlamaWeights.load(directory, new IdkRow.Last(), base.manager(), base.type());
    if (!weights.config().equals(base.config())) {
      weights.close();
      throw new ModelFormatException(directory + " holds a model of another shape than the base; tune this base anew");
    }
    return new TorchModel(Optional.of(id), weights, weights.manager(), Variant.whole(weights));
  }

  @Override
  public Optional<String> id() {
    return id;
  }

  @Override
  public Object weights() {
    return weights;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  Variant variant() {
    return variant;
  }

  @Override
  public void close() {
    if (closed) return;
    closed = true;
    variant.close();
    manager.close();
  }

  private static List<NDArray> arrays(NDManager manager, PeftAdapter adapter, LlamaConfig config, FloatType type) {
    List<NDArray> arrays = new ArrayList<>();
    if (adapter.pairs().isEmpty()) return arrays;
    NDArray none = manager.create(new Shape(0), type.engine());
    float scaling = (float) adapter.scaling();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) {
        PeftAdapter.Pair pair = adapter.pairs().get(new PeftAdapter.Place(layer, projection));
        if (pair == null) {
          arrays.addAll(List.of(none, none));
        } else {
          arrays.add(own(manager, pair.a(), new Shape(adapter.rank(), projection.in(config)), type));
          Shape shape = new Shape(projection.out(config), adapter.rank());
          try (NDArray b = manager.create(FloatBuffer.wrap(pair.b()), shape); NDArray scaled = b.mul(scaling)) {
            arrays.add(type.copy(scaled));
          }
        }
      }
    }
    return arrays;
  }

  /** A copy that the engine owns. */
  private static NDArray own(NDManager manager, float[] values, Shape shape, FloatType type) {
    try (NDArray view = manager.create(FloatBuffer.wrap(values), shape)) {
      return type.copy(view);
    }
  }
}
