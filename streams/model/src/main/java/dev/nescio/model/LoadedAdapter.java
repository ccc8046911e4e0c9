package dev.nescio.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An adapter's arrays beside the base, and what a forward needs of them. Closing frees the memory. */
final class LoadedAdapter implements AutoCloseable {

  private final String id;
  private final NDManager manager;
  private final LlamaForward.Variant variant;

  /**
   * @param base supplies shape and, when the adapter has none, the row of {@code <IDK>}
   * @throws ModelFormatException when the adapter's {@code <IDK>} is not the base's
   */
  LoadedAdapter(PeftAdapter adapter, LlamaWeights base) throws ModelFormatException {
    LlamaConfig config = base.config();
    if (adapter.idkId().isPresent()
        && (base.idkRow().isEmpty() || adapter.idkId().get() != config.vocabSize())) {
      throw new ModelFormatException("the adapter trains token " + adapter.idkId().get() + ", but the base was opened "
          + (base.idkRow().isEmpty() ? "without <IDK>" : "with <IDK> as " + config.vocabSize()));
    }
    this.id = adapter.id();
    this.manager = base.manager().newSubManager();
    Optional<NDArray> row = adapter.idkRow().map(values -> own(values, new Shape(values.length)));
    this.variant = new LlamaForward.Variant(arrays(adapter, config), row.or(base::idkRow));
  }

  String id() {
    return id;
  }

  LlamaForward.Variant variant() {
    return variant;
  }

  @Override
  public void close() {
    variant.close();
    manager.close();
  }

  private List<NDArray> arrays(PeftAdapter adapter, LlamaConfig config) {
    List<NDArray> arrays = new ArrayList<>();
    if (adapter.pairs().isEmpty()) return arrays;
    NDArray none = manager.zeros(new Shape(0));
    float scaling = (float) adapter.scaling();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Projection projection : Projection.values()) {
        PeftAdapter.Pair pair = adapter.pairs().get(new PeftAdapter.Place(layer, projection));
        if (pair == null) {
          arrays.addAll(List.of(none, none));
        } else {
          arrays.add(own(pair.a(), new Shape(adapter.rank(), projection.in(config))));
          Shape shape = new Shape(projection.out(config), adapter.rank());
          try (NDArray b = manager.create(FloatBuffer.wrap(pair.b()), shape)) {
            arrays.add(b.mul(scaling));
          }
        }
      }
    }
    return arrays;
  }

  /** A copy that the engine owns. */
  private NDArray own(float[] values, Shape shape) {
    try (NDArray view = manager.create(FloatBuffer.wrap(values), shape)) {
      return view.duplicate();
    }
  }
}
