package dev.nescio.model.batch;

import dev.nescio.model.kernel.Adapter;
import java.util.Optional;

/**
 * What a request runs on: weights and what is added to them.
 *
 * @param id of the adapter, or of the model tuned as a whole; empty for the base
 */
record LoadedModel(Optional<String> id, PackedModel weights, Adapter adapter) {

  /** True if it has weights of its own. */
  boolean isWhole(PackedModel base) {
    return weights != base;
  }
}
