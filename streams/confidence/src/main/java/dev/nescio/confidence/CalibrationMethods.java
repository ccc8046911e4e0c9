package dev.nescio.confidence;

import java.util.List;
import java.util.function.BiFunction;

/** The list of ways to fit a calibration map, the simplest first; a new one is added here. */
public final class CalibrationMethods {

  private CalibrationMethods() {}

  /**
   * Every method, with the labels it needs: more for more parameters. The minimum of Platt is the caller's, since that
   * is the method to begin with.
   *
   * @param plattMinimum labels from which a Platt map is a candidate, at least 2
   */
  public static List<CalibrationMethod> all(int plattMinimum) {
    if (plattMinimum < 2) throw new IllegalArgumentException("the minimum is at least 2, not " + plattMinimum);
    return List.of(
        new Listed(TemperatureScaling.METHOD, 50, true, TemperatureScaling::fit),
        new Listed(PlattScaling.METHOD, plattMinimum, false, PlattFit::map),
        new Listed(BetaCalibration.METHOD, 200, true, BetaCalibration::fit),
        new Listed(HistogramBinning.METHOD, 500, false, HistogramBinning::fit),
        new Listed(IsotonicRegression.METHOD, 1000, false, IsotonicRegression::fit));
  }

  private record Listed(
      String name, int minimum, boolean probabilitiesOnly, BiFunction<double[], boolean[], CalibrationMap> how)
      implements CalibrationMethod {

    @Override
    public boolean accepts(double[] raw) {
      return !probabilitiesOnly || Probabilities.areAll(raw);
    }

    @Override
    public CalibrationMap fit(double[] raw, boolean[] correct) {
      return how.apply(raw, correct);
    }
  }
}
