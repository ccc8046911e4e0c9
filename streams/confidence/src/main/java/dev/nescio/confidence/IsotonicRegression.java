package dev.nescio.confidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rising step function with the least squared error (pool adjacent violators), made continuous: each block stands
 * at its mean score, linear in between, flat beyond the first and the last. Equal scores are always pooled.
 *
 * <p>Total on every finite score. Range: [1/(n + 2), (n + 1)/(n + 2)], never falling; n labels cannot defend more
 * certainty than that.
 *
 * <p>Source: Zadrozny and Elkan 2002; pool adjacent violators of Ayer et al. 1955; centred blocks as in Oron and
 * Flournoy 2017.
 */
public final class IsotonicRegression implements CalibrationMap {

  /** Name of the method in records. */
  public static final String METHOD = "isotonic";

  private static final String KIND = "an isotonic map";

  private final double[] x;
  private final double[] y;

  /**
   * @param x scores, strictly rising, at least one
   * @param y confidences in [0, 1], never falling, as many
   * @throws IllegalArgumentException otherwise
   */
  IsotonicRegression(double[] x, double[] y) {
    MapSeries.requireProbabilities(y, "y", KIND);
    if (x.length != y.length) {
      throw new IllegalArgumentException(KIND + " has as many x as y, not " + x.length + " and " + y.length);
    }
    MapSeries.requireRising(x, true, "x", KIND);
    MapSeries.requireRising(y, false, "y", KIND);
    this.x = x.clone();
    this.y = y.clone();
  }

  static IsotonicRegression fit(double[] raw, boolean[] correct) {
    List<ScoreBlock> blocks = new ArrayList<>();
    for (ScoreBlock next : ScoreBlock.ofTies(raw, correct)) {
      // Compared as whole numbers, so that equal accuracies are always pooled.
      while (!blocks.isEmpty()
          && (long) blocks.getLast().correct() * next.n() >= (long) next.correct() * blocks.getLast().n()) {
        next = blocks.removeLast().with(next);
      }
      blocks.add(next);
    }
    double least = 1 / (raw.length + 2.0);
    return new IsotonicRegression(
        blocks.stream().mapToDouble(ScoreBlock::centre).toArray(),
        blocks.stream().mapToDouble(block -> Math.clamp(block.accuracy(), least, 1 - least)).toArray());
  }

  static IsotonicRegression of(Map<String, Double> parameters) {
    double[] x = MapSeries.get(parameters, "x", KIND);
    double[] y = MapSeries.get(parameters, "y", KIND);
    if (x.length + y.length != parameters.size()) {
      throw new IllegalArgumentException(KIND + " has the parameters x0, y0, x1, y1, ..., not "
          + parameters.keySet().stream().sorted().toList());
    }
    return new IsotonicRegression(x, y);
  }

  @Override
  public String method() {
    return METHOD;
  }

  @Override
  public Map<String, Double> parameters() {
    Map<String, Double> all = new TreeMap<>();
    MapSeries.put(all, "x", x);
    MapSeries.put(all, "y", y);
    return Map.copyOf(all);
  }

  @Override
  public double apply(double raw) {
    if (!Double.isFinite(raw)) throw new IllegalArgumentException("a raw score is finite, not " + raw);
    int at = Arrays.binarySearch(x, raw);
    if (at >= 0) return y[at];
    int above = -at - 1;
    if (above == 0) return y[0];
    if (above == x.length) return y[above - 1];
    double share = (raw - x[above - 1]) / (x[above] - x[above - 1]);
    return Math.clamp(y[above - 1] + share * (y[above] - y[above - 1]), y[above - 1], y[above]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IsotonicRegression that && Arrays.equals(x, that.x) && Arrays.equals(y, that.y);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(x) + Arrays.hashCode(y);
  }

  @Override
  public String toString() {
    return "IsotonicRegression[x=" + Arrays.toString(x) + ", y=" + Arrays.toString(y) + "]";
  }
}
