package dev.nescio.model.files;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A matrix in a file, read row by row. It has a mapping of its own, so that its pages of the file stop counting as this
 * process's memory once it is closed. Used by one thread.
 */
public final class TensorRows implements AutoCloseable {

  private final Arena arena;
  private final MemorySegment bytes;
  private final TensorType type;
  private final int width;

  /**
   * @param arena of the mapping, closed by {@link #close}
   * @param bytes row-major [rows, width], little endian
   */
  TensorRows(Arena arena, MemorySegment bytes, TensorType type, int width) {
    this.arena = arena;
    this.bytes = bytes;
    this.type = type;
    this.width = width;
  }

  /**
   * Reads a row, widened to float32.
   *
   * @param row    from 0
   * @param target [width], is overwritten
   */
  public void read(int row, float[] target) {
    long stride = (long) width * type.bytes();
    type.widen(bytes.asSlice(row * stride, stride), target);
  }

  /** A row in a new array. */
  public float[] row(int row) {
    float[] values = new float[width];
    read(row, values);
    return values;
  }

  @Override
  public void close() {
    arena.close();
  }
}
