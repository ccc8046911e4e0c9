package dev.nescio.model.kernel;

/** Where the rows of a matrix come from while it is packed: one at a time, so that no second copy is in memory. */
@FunctionalInterface
public interface RowSource {

  /**
   * Reads the weights of one output.
   *
   * @param output index of the row
   * @param target [in], is overwritten
   */
  void read(int output, float[] target);
}
