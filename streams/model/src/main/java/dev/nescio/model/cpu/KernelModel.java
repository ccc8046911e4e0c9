package dev.nescio.model.cpu;

import dev.nescio.model.batch.LoadedModel;
import dev.nescio.model.kernel.Adapter;
import java.util.Optional;

/** The base in the kernels' memory, an adapter over it, or a whole tuned model. */
final class KernelModel implements LoadedModel {

  private final Optional<String> id;
  private final PackedModel weights;
  private final Adapter adapter;
  private final boolean whole;
  private volatile boolean closed;

  /**
   * @param id    of the adapter, or of the model tuned as a whole; empty for the base
   * @param whole true if the weights are its own
   */
  KernelModel(Optional<String> id, PackedModel weights, Adapter adapter, boolean whole) {
    this.id = id;
    this.weights = weights;
    this.adapter = adapter;
    this.whole = whole;
  }

  @Override
  public Optional<String> id() {
    return id;
  }

  @Override
  public PackedModel weights() {
    return weights;
  }

  Adapter adapter() {
    return adapter;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    if (whole && !closed) weights.close();
    closed = true;
  }
}
