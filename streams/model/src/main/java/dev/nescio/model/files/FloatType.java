package dev.nescio.model.files;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/** Element type in which a model's weights and cache are kept and its products computed. */
public enum FloatType {
  FLOAT32(DataType.FLOAT32, TensorType.F32),
  BFLOAT16(DataType.BFLOAT16, TensorType.BF16),
  FLOAT16(DataType.FLOAT16, TensorType.F16);

  private final DataType engine;
  private final TensorType file;

  FloatType(DataType engine, TensorType file) {
    this.engine = engine;
    this.file = file;
  }

  /** Size of an element. */
  public int bytes() {
    return file.bytes();
  }

  /** The engine's name for it. */
  public DataType engine() {
    return engine;
  }

  /** A copy of this type in memory of its own; the engine's conversion gives back the same memory where it can. */
  public NDArray copy(NDArray array) {
    return array.getDataType() == engine ? array.duplicate() : array.toType(engine, true);
  }

  /** The same type in files. */
  TensorType file() {
    return file;
  }
}
