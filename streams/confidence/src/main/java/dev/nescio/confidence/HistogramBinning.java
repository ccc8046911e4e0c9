package dev.nescio.confidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bins of equal mass with the smoothed accuracy of each, {@code (k + 1)/(m + 2)}; neighbours that would fall are
 * pooled, so the map never reverses an order. A score on an edge belongs to the bin below.
 *
 * <p>Total on every finite score. Range: (0, 1), never falling, a step function.
 *
 * <p>Source: Zadrozny and Elkan 2001, with bins of equal mass; the pooling is ours.
 */
public final class HistogramBinning implements CalibrationMap {

  /** Name of the method in records. */
  public static final String METHOD = "histogram";

  static final int MOST_BINS = 15;
  /** Labels a bin rests on at least. */
  static final int LABELS_A_BIN = 30;

  private static final String KIND = "a histogram map";

  private final double[] edges;
  private final double[] values;

  /**
   * @param edges  upper edges of all bins but the last, strictly rising
   * @param values confidences in [0, 1], never falling, one more
   * @throws IllegalArgumentException otherwise
   */
  HistogramBinning(double[] edges, double[] values) {
    MapSeries.requireProbabilities(values, "value", KIND);
    if (edges.length != values.length - 1) {
      throw new IllegalArgumentException(
          KIND + " has one value more than edges, not " + values.length + " and " + edges.length);
    }
    MapSeries.requireRising(edges, true, "edge", KIND);
    MapSeries.requireRising(values, false, "value", KIND);
    this.edges = edges.clone();
    this.values = values.clone();
  }

  static HistogramBinning fit(double[] raw, boolean[] correct) {
    List<ScoreBlock> pooled = new ArrayList<>();
    for (ScoreBlock next : bins(ScoreBlock.ofTies(raw, correct), raw.length)) {
      while (!pooled.isEmpty() && smoothed(pooled.getLast()) >= smoothed(next)) next = pooled.removeLast().with(next);
      pooled.add(next);
    }
    double[] edges = new double[pooled.size() - 1];
    for (int i = 0; i < edges.length; i++) edges[i] = between(pooled.get(i).high(), pooled.get(i + 1).low());
    return new HistogramBinning(edges, pooled.stream().mapToDouble(HistogramBinning::smoothed).toArray());
  }

  /** Runs of ties, each closed as soon as its share of the labels is reached. */
  private static List<ScoreBlock> bins(List<ScoreBlock> ties, int n) {
    int count = Math.clamp(n / LABELS_A_BIN, 1, MOST_BINS);
    List<ScoreBlock> bins = new ArrayList<>();
    ScoreBlock open = null;
    long seen = 0;
    for (ScoreBlock tie : ties) {
      open = open == null ? tie : open.with(tie);
      seen += tie.n();
      if (seen * count >= (bins.size() + 1L) * n) {
        bins.add(open);
        open = null;
      }
    }
    return bins;
  }

  private static double smoothed(ScoreBlock bin) {
    return (bin.correct() + 1) / (bin.n() + 2.0);
  }

  /** Half-way, but never above the upper score: two neighbouring doubles have nothing in between. */
  private static double between(double low, double high) {
    double middle = low + (high - low) / 2;
    return middle < high ? middle : low;
  }

  static HistogramBinning of(Map<String, Double> parameters) {
    double[] edges = MapSeries.get(parameters, "edge", KIND);
    double[] values = MapSeries.get(parameters, "value", KIND);
    if (edges.length + values.length != parameters.size()) {
      throw new IllegalArgumentException(KIND + " has the parameters value0, edge0, value1, ..., not "
          + parameters.keySet().stream().sorted().toList());
    }
    return new HistogramBinning(edges, values);
  }

  @Override
  public String method() {
    return METHOD;
  }

  @Override
  public Map<String, Double> parameters() {
    Map<String, Double> all = new TreeMap<>();
    MapSeries.put(all, "edge", edges);
    MapSeries.put(all, "value", values);
    return Map.copyOf(all);
  }

  @Override
  public double apply(double raw) {
    if (!Double.isFinite(raw)) throw new IllegalArgumentException("a raw score is finite, not " + raw);
    int at = Arrays.binarySearch(edges, raw);
    return values[at >= 0 ? at : -at - 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HistogramBinning that && Arrays.equals(edges, that.edges)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(edges) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "HistogramBinning[edges=" + Arrays.toString(edges) + ", values=" + Arrays.toString(values) + "]";
  }
}
