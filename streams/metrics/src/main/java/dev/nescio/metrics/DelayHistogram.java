package dev.nescio.metrics;

import java.util.Arrays;

/**
 * How long labels took, in fixed cells: exact below 32 ms, then 16 cells an octave up to 2⁴¹ ms (69 years), so a delay
 * is known to within a sixteenth of itself. Adding, removing and merging commute exactly, as for every summary.
 *
 * <p>Not thread-safe.
 */
public final class DelayHistogram {

  static final int CELLS = 608;

  /** First byte of the byte form; a reader refuses versions that it does not know. */
  private static final int VERSION = 1;
  private static final int MANTISSA_BITS = 4;
  private static final long LONGEST = (1L << 41) - 1;

  private final CellTable cells = new CellTable(CELLS, 1);
  private long n;

  /** Adds a label; one that is dated before its answer, as clocks of two machines make them, counts as at once. */
  public void add(long delayMillis) {
    change(delayMillis, 1);
  }

  /** Takes out a label that was added before with the same delay. */
  public void remove(long delayMillis) {
    change(delayMillis, -1);
  }

  public void merge(DelayHistogram other) {
    merge(other, 1);
  }

  /** Takes out everything that the other holds; what is left may be a difference with negative counts. */
  public void subtract(DelayHistogram other) {
    merge(other, -1);
  }

  /** Labels. */
  public long n() {
    return n;
  }

  public boolean isEmpty() {
    return n == 0 && cells.isEmpty();
  }

  /** The canonical byte form: equal states have equal bytes. */
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter();
    out.unsigned(VERSION);
    cells.write(out);
    return out.toBytes();
  }

  /**
   * Reads {@link #toBytes}.
   *
   * @throws IllegalArgumentException with the position, when the bytes are no such histogram or of an unknown version
   */
  public static DelayHistogram fromBytes(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    long version = in.unsigned();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "a delay histogram of version " + version + "; this program reads version " + VERSION);
    }
    DelayHistogram histogram = new DelayHistogram();
    histogram.cells.read(in);
    in.expectEnd();
    for (int cell : histogram.cells.occupied()) histogram.n += histogram.cells.get(cell, 0);
    return histogram;
  }

  /**
   * The upper edge in milliseconds of the cell with the delay of this rank.
   *
   * @param rank 1 for the shortest, at most {@link #n}
   */
  long upperEdge(long rank) {
    return lower(cellOf(rank) + 1) - 1;
  }

  /** The lower edge of the same cell. */
  long lowerEdge(long rank) {
    return lower(cellOf(rank));
  }

  private int cellOf(long rank) {
    long seen = 0;
    for (int cell : cells.occupied()) {
      long count = cells.get(cell, 0);
      if (count < 0) {
        throw new IllegalStateException(
            "this histogram is a difference with negative counts; merge it before it is read");
      }
      seen += count;
      if (seen >= rank) return cell;
    }
    throw new IllegalArgumentException("rank " + rank + " of " + n);
  }

  private void change(long delayMillis, int sign) {
    cells.add(cells.row(cell(Math.clamp(delayMillis, 0, LONGEST))), 0, sign);
    n += sign;
  }

  private void merge(DelayHistogram other, int sign) {
    DelayHistogram from = other == this ? fromBytes(toBytes()) : other;
    cells.merge(from.cells, sign);
    n += sign * from.n;
  }

  static int cell(long millis) {
    int octave = Math.max(0, 63 - Long.numberOfLeadingZeros(millis) - MANTISSA_BITS);
    return (octave << MANTISSA_BITS) + (int) (millis >> octave);
  }

  private static long lower(int cell) {
    int octave = Math.max(0, (cell >> MANTISSA_BITS) - 1);
    return (long) (cell - (octave << MANTISSA_BITS)) << octave;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DelayHistogram that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "DelayHistogram[n=" + n + "]";
  }
}
