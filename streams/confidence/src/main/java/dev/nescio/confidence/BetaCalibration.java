package dev.nescio.confidence;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * {@code 1 / (1 + exp(-(a ln s - b ln(1 - s) + c)))} of a score s that is a probability already: bends both ends apart,
 * which a logistic curve cannot, and holds the identity (a = b = 1, c = 0).
 *
 * <p>Total: scores beyond [10⁻⁶, 1 - 10⁻⁶] count as the nearer end. Range: [0, 1], never falling with the score.
 *
 * <p>Source: Kull, Silva Filho and Flach 2017, "Beta calibration"; here with Platt's smoothed targets, so that
 * separable labels have a finite fit.
 *
 * @param a weight of ln s, 0 or above
 * @param b weight of -ln(1 - s), 0 or above
 * @param c intercept
 */
public record BetaCalibration(double a, double b, double c) implements CalibrationMap {

  /** Name of the method in records. */
  public static final String METHOD = "beta";

  private static final MapParameters KEYS = new MapParameters("a beta map", Set.of("a", "b", "c"));

  public BetaCalibration {
    if (!(a >= 0) || !(b >= 0) || !Double.isFinite(a + b + c)) {
      throw new IllegalArgumentException(
          "a and b of a beta map are 0 or above, and c is finite: " + a + ", " + b + ", " + c);
    }
  }

  /**
   * Logistic regression on ln s and -ln(1 - s). A negative weight would turn the order round: its feature is left out,
   * and the other one fitted alone.
   *
   * @param raw     probabilities
   * @param correct the verdicts, as many
   */
  static BetaCalibration fit(double[] raw, boolean[] correct) {
    double[] logs = Arrays.stream(raw).map(Probabilities::log).toArray();
    double[] rests = Arrays.stream(raw).map(s -> -Probabilities.logOfRest(s)).toArray();
    double[] target = LogisticFit.smoothedTargets(correct);
    double[] both = weights(target, logs, rests);
    if (both[0] >= 0 && both[1] >= 0) return new BetaCalibration(both[0], both[1], both[2]);
    double[] one = weights(target, both[0] < 0 ? rests : logs);
    if (one[0] < 0) return new BetaCalibration(0, 0, weights(target)[0]);
    return both[0] < 0 ? new BetaCalibration(0, one[0], one[1]) : new BetaCalibration(one[0], 0, one[1]);
  }

  /** One weight a feature, and the intercept; fitted on standardised features. */
  private static double[] weights(double[] target, double[]... features) {
    int n = target.length;
    double[] mean = new double[features.length];
    double[] scale = new double[features.length];
    double[][] rows = new double[n][features.length + 1];
    for (int f = 0; f < features.length; f++) {
      double centre = Arrays.stream(features[f]).sum() / n;
      mean[f] = centre;
      scale[f] = Math.sqrt(Arrays.stream(features[f]).map(x -> (x - centre) * (x - centre)).sum() / n);
      for (int i = 0; i < n; i++) rows[i][f] = scale[f] > 0 ? (features[f][i] - centre) / scale[f] : 0;
    }
    for (double[] row : rows) row[features.length] = 1;
    double[] weights = LogisticFit.minimise(rows, target);
    for (int f = 0; f < features.length; f++) {
      weights[f] = scale[f] > 0 ? weights[f] / scale[f] : 0;
      weights[features.length] -= weights[f] * mean[f];
    }
    return weights;
  }

  static BetaCalibration of(Map<String, Double> parameters) {
    KEYS.check(parameters);
    return new BetaCalibration(
        KEYS.required(parameters, "a"), KEYS.required(parameters, "b"), KEYS.required(parameters, "c"));
  }

  @Override
  public String method() {
    return METHOD;
  }

  @Override
  public Map<String, Double> parameters() {
    return Map.of("a", a, "b", b, "c", c);
  }

  @Override
  public double apply(double raw) {
    return LogisticFit.sigmoid(a * Probabilities.log(raw) - b * Probabilities.logOfRest(raw) + c);
  }
}
