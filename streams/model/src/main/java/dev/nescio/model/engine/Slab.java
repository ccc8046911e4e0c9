package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Optional;

/** Rows of keys and values with the same number of slots, taken from the system at once and written in place. */
final class Slab implements AutoCloseable {

  private final LlamaForward forward;
  private final NDArray cache; // [layers, 2, rows, kvHeads, slots, D]
  private final Row[] rows; // null where free
  private final boolean[] doubtful; // free rows that may hold what is no number
  private final int slots;
  private int used;

  /** A row that somebody has; it may be moved within its slab, or into it, between runs. */
  final class Row {

    private int index;
    private int holders = 1;
    private int length;
    private boolean sound = true;

    NDArray cache() {
      return cache;
    }

    int index() {
      return index;
    }

    /** Slots that hold something somebody needs. */
    int length() {
      return length;
    }

    /** It was written to, up to this length. */
    void grow(int tokens) {
      length = Math.max(length, tokens);
      sound = false;
    }

    /** What saw all of it gave numbers. */
    void isSound() {
      sound = true;
    }

    /** True if another goes on from the same beginning in it. */
    boolean isShared() {
      return holders > 1;
    }

    void retain() {
      holders++;
    }

    /** One who holds it lets go; the last one frees it. */
    void release() {
      if (holders < 1) throw new IllegalStateException("the row is free already");
      if (--holders > 0) return;
      leave(index);
      used--;
    }

    private void leave(int place) {
      rows[place] = null;
      doubtful[place] = !sound;
    }
  }

  /** @param cache empty, [layers, 2, rows, kvHeads, slots, D]; closed with the slab */
  Slab(LlamaForward forward, NDArray cache) {
    this.forward = forward;
    this.cache = cache;
    this.rows = new Row[(int) cache.getShape().get(2)];
    this.doubtful = new boolean[rows.length];
    this.slots = (int) cache.getShape().get(4);
  }

  int slots() {
    return slots;
  }

  int rows() {
    return rows.length;
  }

  int used() {
    return used;
  }

  /**
   * The first free row. What stands in its slots is multiplied by 0 until they are written, so it may be anything but
   * what is no number, as damaged weights leave behind.
   */
  Optional<Row> take() {
    int free = Arrays.asList(rows).indexOf(null);
    if (free < 0) return Optional.empty();
    if (doubtful[free]) forward.clear(cache, free);
    doubtful[free] = false;
    Row row = new Row();
    row.index = free;
    rows[free] = row;
    used++;
    return Optional.of(row);
  }

  /** Moves the last rows into gaps before them, so that all are computed together. */
  void closeGaps() {
    int last = rows.length - 1;
    for (int gap = 0; gap < used; gap++) {
      if (rows[gap] != null) continue;
      while (rows[last] == null) last--;
      Row moved = rows[last];
      if (moved.length > 0) forward.move(cache, last, cache, gap, moved.length);
      moved.leave(last);
      moved.index = gap;
      rows[gap] = moved;
    }
  }

  @Override
  public void close() {
    cache.close();
  }
}
