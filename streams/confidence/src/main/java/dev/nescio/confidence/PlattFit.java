package dev.nescio.confidence;

import java.util.Arrays;

/** Fits a {@link PlattScaling} on standardised scores, so that the unit of the raw score does not matter. */
final class PlattFit {

  private PlattFit() {}

  static FittedMap fit(double[] raw, boolean[] correct, int minimum) {
    NotEnoughLabelsException.check(raw, correct, minimum);
    return FittedMap.of(map(raw, correct), raw, correct);
  }

  /** The map, whatever the labels; with labels of one kind only it is flat. */
  static PlattScaling map(double[] raw, boolean[] correct) {
    int n = raw.length;
    double mean = Arrays.stream(raw).sum() / n;
    double scale = Math.sqrt(Arrays.stream(raw).map(x -> (x - mean) * (x - mean)).sum() / n);
    double[][] features = new double[n][];
    for (int i = 0; i < n; i++) features[i] = new double[] {scale > 0 ? (raw[i] - mean) / scale : 0, 1};
    double[] weights = LogisticFit.minimise(features, LogisticFit.smoothedTargets(correct));
    double a = scale > 0 ? weights[0] / scale : 0;
    return new PlattScaling(a, weights[1] - a * mean,
        Arrays.stream(raw).min().orElseThrow(), Arrays.stream(raw).max().orElseThrow());
  }
}
