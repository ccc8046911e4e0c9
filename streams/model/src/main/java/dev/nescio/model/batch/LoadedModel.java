package dev.nescio.model.batch;

import java.util.Optional;

/** What a request runs on: weights and what is added to them. Compared by identity. */
public interface LoadedModel extends AutoCloseable {

  /** Id of the adapter, or of the model tuned as a whole; empty for the base. */
  Optional<String> id();

  /** The large matrices; what has the same ones runs together. Compared by identity. */
  Object weights();

  /** True once it was closed: nothing may begin with it any more. */
  boolean isClosed();

  /** Frees what is its own, not what it shares with the base; when nothing at work uses it any more. */
  @Override
  void close();
}
