package dev.nescio.confidence;

import java.util.Map;

/**
 * A fitted map from a raw score to a confidence, meant as P(correct). Immutable and thread-safe; what stands in a
 * {@code Calibrator} record is its method and parameters.
 */
public sealed interface CalibrationMap
    permits TemperatureScaling, PlattScaling, BetaCalibration, HistogramBinning, IsotonicRegression {

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
      case TemperatureScaling.METHOD -> TemperatureScaling.of(parameters);
      case PlattScaling.METHOD -> PlattScaling.of(parameters);
      case BetaCalibration.METHOD -> BetaCalibration.of(parameters);
      case HistogramBinning.METHOD -> HistogramBinning.of(parameters);
      case IsotonicRegression.METHOD -> IsotonicRegression.of(parameters);
      default -> throw new IllegalArgumentException("no calibration method is called \"" + method + "\"; there are "
          + TemperatureScaling.METHOD + ", " + PlattScaling.METHOD + ", " + BetaCalibration.METHOD + ", "
          + HistogramBinning.METHOD + ", " + IsotonicRegression.METHOD);
    };
  }
}
