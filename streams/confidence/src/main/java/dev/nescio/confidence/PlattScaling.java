package dev.nescio.confidence;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Logistic map of a raw score: {@code 1 / (1 + exp(-(a raw + b)))}, with the raw score clipped to the range it was
 * fitted on, since a logistic curve knows nothing beyond its data.
 *
 * <p>The sign of {@code a} is free: below 0 the score ranks the wrong way round on the fitted labels, and the map
 * says so instead of hiding it.
 *
 * <p>Source: Platt 1999, with the smoothed targets and the Newton method of Lin, Lin and Weng 2007.
 *
 * @param a    slope, in units of one over the raw score
 * @param b    intercept
 * @param low  smallest raw score fitted; minus infinity for none
 * @param high largest raw score fitted; plus infinity for none
 */
public record PlattScaling(double a, double b, double low, double high) implements CalibrationMap {

  /** Name of the method in records. */
  public static final String METHOD = "platt";

  /** Labels below which {@link #fit(double[], boolean[])} refuses. */
  public static final int DEFAULT_MINIMUM = 100;

  private static final MapParameters KEYS = new MapParameters("a Platt map", Set.of("a", "b", "low", "high"));

  public PlattScaling {
    if (!Double.isFinite(a) || !Double.isFinite(b)) {
      throw new IllegalArgumentException("a and b of a Platt map are finite, not " + a + " and " + b);
    }
    if (!(low <= high)) throw new IllegalArgumentException("low " + low + " is above high " + high);
  }

  /** Fits on at least {@value #DEFAULT_MINIMUM} labels; see {@link #fit(double[], boolean[], int)}. */
  public static FittedMap fit(double[] raw, boolean[] correct) {
    return fit(raw, correct, DEFAULT_MINIMUM);
  }

  /**
   * Fits by maximum likelihood against the targets (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2).
   *
   * @param raw     raw scores, finite
   * @param correct the verdicts, as many
   * @param minimum labels below which the fit is refused
   * @throws NotEnoughLabelsException with fewer labels, or when all labels agree
   */
  public static FittedMap fit(double[] raw, boolean[] correct, int minimum) {
    return PlattFit.fit(raw, correct, minimum);
  }

  static PlattScaling of(Map<String, Double> parameters) {
    KEYS.check(parameters);
    return new PlattScaling(KEYS.required(parameters, "a"), KEYS.required(parameters, "b"),
        parameters.getOrDefault("low", Double.NEGATIVE_INFINITY),
        parameters.getOrDefault("high", Double.POSITIVE_INFINITY));
  }

  @Override
  public String method() {
    return METHOD;
  }

  /** {@code a}, {@code b}, and {@code low} and {@code high} where they are finite. */
  @Override
  public Map<String, Double> parameters() {
    Map<String, Double> all = new TreeMap<>(Map.of("a", a, "b", b));
    if (Double.isFinite(low)) all.put("low", low);
    if (Double.isFinite(high)) all.put("high", high);
    return Map.copyOf(all);
  }

  @Override
  public double apply(double raw) {
    if (!Double.isFinite(raw)) throw new IllegalArgumentException("a raw score is finite, not " + raw);
    return LogisticFit.sigmoid(a * Math.clamp(raw, low, high) + b);
  }
}
