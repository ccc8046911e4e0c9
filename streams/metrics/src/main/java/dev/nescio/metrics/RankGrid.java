package dev.nescio.metrics;

import java.util.Arrays;

/**
 * Correct and incorrect observations by score on a fixed grid of {@value RankScale#CELLS} cells: enough for every
 * metric that only looks at order. Scores in one cell count as tied; what that may cost is computed with each metric.
 * Mutable.
 */
final class RankGrid {

  private static final int CORRECT = 0;
  private static final int INCORRECT = 1;

  private final RankScale scale;
  private final CellTable cells = new CellTable(RankScale.CELLS, 2);
  /** The ranking from the top, until the next change: many metrics read it. */
  private Ranking fromTheTop;
  /** Of the same ranking. */
  private RiskCoverage riskCoverage;

  RankGrid(RankScale scale) {
    this.scale = scale;
  }

  void add(int units, boolean correct, int sign) {
    cells.add(cells.row(scale.cell(units)), correct ? CORRECT : INCORRECT, sign);
    fromTheTop = null;
    riskCoverage = null;
  }

  void merge(RankGrid other, int sign) {
    cells.merge(other.cells, sign);
    fromTheTop = null;
    riskCoverage = null;
  }

  /** Groups of tied observations from the highest score to the lowest, with correct as positive. */
  Ranking correctFromTheTop() {
    if (fromTheTop == null) {
      int[] occupied = cells.occupied();
      int n = occupied.length;
      long[] correct = new long[n];
      long[] incorrect = new long[n];
      for (int i = 0; i < n; i++) {
        int cell = occupied[n - 1 - i];
        correct[i] = cells.get(cell, CORRECT);
        incorrect[i] = cells.get(cell, INCORRECT);
      }
      fromTheTop = new Ranking(correct, incorrect);
    }
    return fromTheTop;
  }

  /** The curve of {@link #correctFromTheTop}. */
  RiskCoverage riskCoverage() {
    if (riskCoverage == null) riskCoverage = new RiskCoverage(correctFromTheTop());
    return riskCoverage;
  }

  /** Groups from the highest score to the lowest, with incorrect as positive: for a score that means doubt. */
  Ranking incorrectFromTheTop() {
    return correctFromTheTop().swapped();
  }

  /** Groups from the lowest score to the highest, with incorrect as positive: a low confidence means doubt. */
  Ranking incorrectFromTheBottom() {
    return correctFromTheTop().swapped().reversed();
  }

  /** The middles of the occupied cells, from the lowest to the highest; only where cells have equal width. */
  double[] middles() {
    return Arrays.stream(cells.occupied()).mapToDouble(cell -> (cell + .5) / RankScale.CELLS).toArray();
  }

  boolean isEmpty() {
    return cells.isEmpty();
  }

  boolean hasNegative() {
    return cells.hasNegative();
  }

  void write(ByteWriter out) {
    cells.write(out);
  }

  void read(ByteReader in) {
    cells.read(in);
    fromTheTop = null;
    riskCoverage = null;
  }
}
