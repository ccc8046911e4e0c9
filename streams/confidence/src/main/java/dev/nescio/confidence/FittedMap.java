package dev.nescio.confidence;

import java.util.Map;

/**
 * A fitted map with how well it fits its own labels.
 *
 * @param map     the map
 * @param n       labels it was fitted on
 * @param correct of these correct
 * @param figures in-sample {@code brier}, {@code nll} in nats, and {@code ece} over ten right-closed bins of equal
 *                width; lower is better; optimistic, since the same labels were fitted
 */
public record FittedMap(CalibrationMap map, int n, int correct, Map<String, Double> figures) {

  private static final int BINS = 10;

  /** Keeps the logarithm finite; a confident error costs at most 27.6 nats. */
  private static final double EPSILON = 1e-12;

  public FittedMap {
    figures = Map.copyOf(figures);
  }

  static FittedMap of(CalibrationMap map, double[] raw, boolean[] correct) {
    double brier = 0;
    double nll = 0;
    double[] gap = new double[BINS];
    int right = 0;
    for (int i = 0; i < raw.length; i++) {
      double p = map.apply(raw[i]);
      double y = correct[i] ? 1 : 0;
      if (correct[i]) right++;
      brier += (p - y) * (p - y);
      nll -= Math.log(Math.max(EPSILON, correct[i] ? p : 1 - p));
      gap[Math.max(0, (int) Math.ceil(p * BINS) - 1)] += p - y;
    }
    double ece = 0;
    for (double g : gap) ece += Math.abs(g);
    int n = raw.length;
    return new FittedMap(map, n, right, Map.of("brier", brier / n, "nll", nll / n, "ece", ece / n));
  }
}
