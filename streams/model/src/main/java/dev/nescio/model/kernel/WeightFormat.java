package dev.nescio.model.kernel;

/** How the weights of linear layers are kept in memory. */
public enum WeightFormat {
  /** As they are. */
  FLOAT32,
  /** Eight bits and one scale an output: a quarter of the memory to read, with rounding errors of up to 1/254 of the largest weight. */
  INT8
}
