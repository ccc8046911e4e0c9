package dev.nescio.confidence;

import java.util.Map;

/**
 * A fitted map from a raw score to a confidence, meant as P(correct). Immutable and thread-safe; what stands in a
 * {@code Calibrator} record is its method and parameters.
 */
public sealed interface CalibrationMap permits PlattScaling {

  /** Stable id of the kind of map, for example {@code platt}. */
  String method();

  /** Everything needed to build the map again with {@link #of}; finite numbers only. */
  Map<String, Double> parameters();

  /**
   * The confidence of a raw score, in [0, 1].
   *
   * @throws IllegalArgumentException if {@code raw} is not finite
   */
  double apply(double raw);

  /**
   * The map with these parameters.
   *
   * @throws IllegalArgumentException if the method is unknown, or a parameter is missing, unknown or out of range
   */
  static CalibrationMap of(String method, Map<String, Double> parameters) {
    return switch (method) {
      case PlattScaling.METHOD -> PlattScaling.of(parameters);
      default -> throw new IllegalArgumentException(
          "no calibration method is called \"" + method + "\"; there is " + PlattScaling.METHOD);
    };
  }
}
