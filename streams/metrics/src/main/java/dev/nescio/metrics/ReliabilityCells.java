package dev.nescio.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Confidences in {@value #CELLS} right-closed cells of equal width, (k/60, (k+1)/60], the first with 0: per cell the
 * observations, those correct, and the exact sum of confidences. The cell is found with whole numbers, so no rounding
 * moves a confidence over an edge; 10, 15 and 20 bins are sums of cells. Mutable.
 *
 * <p>Observations that lie exactly on an edge, a multiple of 1/{@value #EDGES}, are counted apart as well, for bins
 * that are closed on the left. Bytes of version 1 do not have them: then they stay unknown, also of what is merged
 * into.
 */
final class ReliabilityCells {

  /** Every number of bins offered divides it. */
  static final int CELLS = 60;

  /** Edges of 10, 15 and 20 bins that are whole numbers of units are multiples of one over this. */
  private static final int EDGES = 20;
  private static final int EDGE = Observation.ONE / EDGES;

  private static final int N = 0;
  private static final int CORRECT = 1;
  private static final int CONFIDENCE = 2;

  private final CellTable cells = new CellTable(CELLS, 3);
  /** By edge, the observations on it and those correct; null while there are none. */
  private CellTable onEdges;
  private boolean edgesKnown = true;

  /** The cell of a confidence in units of 10⁻⁹: the ceiling of c·60, minus one. */
  static int cell(int units) {
    return units == 0 ? 0 : (int) (((long) units * CELLS - 1) / Observation.ONE);
  }

  void add(int units, boolean correct, int sign) {
    int row = cells.row(cell(units));
    cells.add(row, N, sign);
    if (correct) cells.add(row, CORRECT, sign);
    cells.add(row, CONFIDENCE, sign * (long) units);
    if (edgesKnown && units % EDGE == 0) addEdge(units / EDGE, correct, sign);
  }

  private void addEdge(int edge, boolean correct, int sign) {
    if (onEdges == null) onEdges = new CellTable(EDGES + 1, 2);
    int row = onEdges.row(edge);
    onEdges.add(row, N, sign);
    if (correct) onEdges.add(row, CORRECT, sign);
  }

  void merge(ReliabilityCells other, int sign) {
    cells.merge(other.cells, sign);
    if (!other.edgesKnown) {
      edgesKnown = false;
      onEdges = null;
    } else if (edgesKnown && other.onEdges != null) {
      if (onEdges == null) onEdges = new CellTable(EDGES + 1, 2);
      onEdges.merge(other.onEdges, sign);
    }
  }

  /** False after something was read whose observations on edges were not counted apart. */
  boolean knowsEdges() {
    return edgesKnown;
  }

  /**
   * The cells as bins of equal width.
   *
   * @param count a divisor of {@value #CELLS}
   * @throws IllegalArgumentException for any other number
   */
  Bins bins(int count) {
    if (count < 1 || CELLS % count != 0) {
      throw new IllegalArgumentException(
          count + " bins do not divide " + CELLS + " cells; take 10, 12, 15, 20, 30 or 60");
    }
    long[] n = new long[count];
    long[] correct = new long[count];
    long[] confidence = new long[count];
    for (int cell : cells.occupied()) {
      int bin = cell / (CELLS / count);
      n[bin] += cells.get(cell, N);
      correct[bin] += cells.get(cell, CORRECT);
      confidence[bin] += cells.get(cell, CONFIDENCE);
    }
    return new Bins(n, correct, confidence);
  }

  /**
   * The cells as bins of equal width that are closed on the left, the last with 1.
   *
   * @param count a divisor of {@value #EDGES}, or 15
   * @throws IllegalStateException if the observations on edges are not known
   */
  Bins leftClosedBins(int count) {
    if (!edgesKnown) throw new IllegalStateException("the observations on edges are not known");
    Bins bins = bins(count);
    if (onEdges == null) return bins;
    for (int edge : onEdges.occupied()) {
      if (edge == 0 || edge == EDGES || edge * count % EDGES != 0) continue;
      bins.moveUp(edge * count / EDGES, onEdges.get(edge, N), onEdges.get(edge, CORRECT), edge * (long) EDGE);
    }
    return bins;
  }

  boolean isEmpty() {
    return cells.isEmpty() && (onEdges == null || onEdges.isEmpty());
  }

  boolean hasNegative() {
    return cells.hasNegative() || onEdges != null && onEdges.hasNegative();
  }

  void write(ByteWriter out) {
    cells.write(out);
    out.unsigned(edgesKnown ? 1 : 0);
    if (edgesKnown) (onEdges == null ? new CellTable(EDGES + 1, 2) : onEdges).write(out);
  }

  void read(ByteReader in, long version) {
    cells.read(in);
    edgesKnown = version > 1 && in.unsigned() == 1;
    if (!edgesKnown) return;
    CellTable read = new CellTable(EDGES + 1, 2);
    read.read(in);
    if (!read.isEmpty()) onEdges = read;
  }

  /**
   * Bins of equal width.
   *
   * @param n          observations a bin
   * @param correct    of these correct
   * @param confidence exact sum of confidences, in units of 10⁻⁹
   */
  record Bins(long[] n, long[] correct, long[] confidence) {

    int count() {
      return n.length;
    }

    long total() {
      return sum(n);
    }

    long totalCorrect() {
      return sum(correct);
    }

    /** Sum of confidence minus correctness in a bin, in units of 10⁻⁹; above 0 is over-confident. */
    long excess(int bin) {
      return confidence[bin] - correct[bin] * Observation.ONE;
    }

    /** Mean confidence minus accuracy of a bin that is not empty. */
    double gap(int bin) {
      return excess(bin) / ((double) n[bin] * Observation.ONE);
    }

    /** Mean confidence of a bin that is not empty. */
    double meanConfidence(int bin) {
      return confidence[bin] / ((double) n[bin] * Observation.ONE);
    }

    /** Moves observations of one confidence from the bin below to a bin. */
    private void moveUp(int bin, long count, long right, long units) {
      n[bin - 1] -= count;
      n[bin] += count;
      correct[bin - 1] -= right;
      correct[bin] += right;
      confidence[bin - 1] -= count * units;
      confidence[bin] += count * units;
    }

    /** Without the bins that are empty. */
    Bins occupied() {
      int[] kept = IntStream.range(0, n.length).filter(m -> n[m] > 0).toArray();
      return new Bins(pick(n, kept), pick(correct, kept), pick(confidence, kept));
    }

    /** Mean confidence minus accuracy of each bin, none of them empty. */
    double[] gaps() {
      return IntStream.range(0, n.length).mapToDouble(this::gap).toArray();
    }

    /** The share of all observations in each bin. */
    double[] shares() {
      double total = total();
      return Arrays.stream(n).mapToDouble(size -> size / total).toArray();
    }

    private static long[] pick(long[] values, int[] kept) {
      return Arrays.stream(kept).mapToLong(m -> values[m]).toArray();
    }

    private static long sum(long[] values) {
      long sum = 0;
      for (long value : values) sum += value;
      return sum;
    }
  }
}
