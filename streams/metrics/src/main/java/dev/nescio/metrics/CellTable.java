package dev.nescio.metrics;

import java.util.Arrays;

/**
 * A table from a cell number to a few signed counts. While few cells are used it is a hash table with open addressing
 * over primitives, of some hundred bytes; later an array by cell. Adding to a cell costs nanoseconds. Rows of zeros
 * do not count.
 */
final class CellTable {

  /** A pane of one minute or a difference often holds a single label. */
  private static final int SMALLEST = 2;
  private static final int GROWTH = 4;
  private static final int[] NO_KEYS = {};
  private static final long[] NO_VALUES = {};

  private final int cells;
  private final int columns;
  /** Cell + 1 by slot, 0 for a free slot; null once the slots are the cells themselves. */
  private int[] keys = NO_KEYS;
  private long[] values = NO_VALUES;
  private int used;
  /** What {@link #occupied} found, until the next change: every metric asks. */
  private int[] occupied;

  /**
   * @param cells   cells are numbered 0 to {@code cells - 1}
   * @param columns counts a cell
   */
  CellTable(int cells, int columns) {
    this.cells = cells;
    this.columns = columns;
  }

  /** Where the counts of a cell begin in {@link #add}; the row is made if need be. Valid until the next call. */
  int row(int cell) {
    if (keys == NO_KEYS) allocate(SMALLEST);
    if (keys == null) return cell * columns;
    int mask = keys.length - 1;
    for (int slot = hash(cell) & mask; ; slot = slot + 1 & mask) {
      if (keys[slot] == cell + 1) return slot * columns;
      if (keys[slot] == 0) return insert(cell, slot);
    }
  }

  /** Adds to one count of a row that {@link #row} gave. */
  void add(int row, int column, long amount) {
    occupied = null;
    values[row + column] += amount;
  }

  /** One count of a cell; 0 for a cell that is not there. */
  long get(int cell, int column) {
    if (keys == null) return values[cell * columns + column];
    if (keys == NO_KEYS) return 0;
    int mask = keys.length - 1;
    for (int slot = hash(cell) & mask; keys[slot] != 0; slot = slot + 1 & mask) {
      if (keys[slot] == cell + 1) return values[slot * columns + column];
    }
    return 0;
  }

  /** Adds {@code sign} times another table of the same shape; {@code sign} is 1 or -1. */
  void merge(CellTable other, int sign) {
    if (keys == null && other.keys == null) {
      occupied = null;
      for (int i = 0; i < values.length; i++) values[i] += sign * other.values[i];
      return;
    }
    for (int slot = 0; slot < other.slots(); slot++) {
      if (other.isZero(slot)) continue;
      int row = row(other.cell(slot));
      for (int c = 0; c < columns; c++) add(row, c, sign * other.values[slot * columns + c]);
    }
  }

  /** The cells with a count other than zero, ascending; to be read only. */
  int[] occupied() {
    if (occupied == null) occupied = find();
    return occupied;
  }

  private int[] find() {
    int[] found = new int[slots()];
    int n = 0;
    for (int slot = 0; slot < slots(); slot++) {
      if (!isZero(slot)) found[n++] = cell(slot);
    }
    int[] exact = Arrays.copyOf(found, n);
    if (keys != null) Arrays.sort(exact);
    return exact;
  }

  boolean isEmpty() {
    for (long value : values) if (value != 0) return false;
    return true;
  }

  boolean hasNegative() {
    for (long value : values) if (value < 0) return true;
    return false;
  }

  /** Ascending cells as distances, each with its counts. */
  void write(ByteWriter out) {
    int[] present = find();
    out.unsigned(present.length);
    int before = -1;
    for (int cell : present) {
      out.unsigned(cell - before - 1);
      for (int c = 0; c < columns; c++) out.signed(get(cell, c));
      before = cell;
    }
  }

  void read(ByteReader in) {
    long rows = in.unsigned();
    if (rows < 0 || rows > cells) throw in.malformed(rows + " rows in a table of " + cells);
    if (keys == NO_KEYS && rows > 0) allocate(Math.max(SMALLEST, Integer.highestOneBit((int) rows * 4 - 1)));
    int cell = -1;
    for (int i = 0; i < rows; i++) {
      long distance = in.unsigned();
      if (distance < 0 || distance > cells - cell - 2) throw in.malformed("a cell beyond " + (cells - 1));
      cell += (int) distance + 1;
      int row = row(cell);
      for (int c = 0; c < columns; c++) add(row, c, in.signed());
      if (isZero(row / columns)) throw in.malformed("a row of zeros");
    }
  }

  private int slots() {
    return values.length / columns;
  }

  private int cell(int slot) {
    return keys == null ? slot : keys[slot] - 1;
  }

  private int insert(int cell, int slot) {
    if (used * 2 >= keys.length) {
      grow();
      return row(cell);
    }
    keys[slot] = cell + 1;
    used++;
    return slot * columns;
  }

  private void grow() {
    int[] oldKeys = keys;
    long[] oldValues = values;
    allocate(keys.length * GROWTH);
    for (int slot = 0; slot < oldKeys.length; slot++) {
      if (isZero(oldValues, slot)) continue;
      System.arraycopy(oldValues, slot * columns, values, row(oldKeys[slot] - 1), columns);
    }
  }

  private void allocate(int capacity) {
    boolean byCell = capacity * GROWTH >= cells;
    keys = byCell ? null : new int[capacity];
    values = new long[(byCell ? cells : capacity) * columns];
    used = 0;
  }

  private boolean isZero(int slot) {
    return isZero(values, slot);
  }

  private boolean isZero(long[] rows, int slot) {
    long any = 0;
    for (int i = slot * columns, end = i + columns; i < end; i++) any |= rows[i];
    return any == 0;
  }

  private static int hash(int cell) {
    int h = cell * 0x9E3779B1;
    return h ^ h >>> 16;
  }
}
