package dev.nescio.model.batch;

/**
 * One sequence as a {@link Runner} keeps it: what computes it, and the keys and values of its tokens so far. Used by
 * the model's thread only. Closing gives the keys and values back; closing twice does no harm.
 */
public interface Strand extends AutoCloseable {

  /** What computes it. */
  LoadedModel model();

  /** Tokens computed. */
  int length();

  @Override
  void close();
}
