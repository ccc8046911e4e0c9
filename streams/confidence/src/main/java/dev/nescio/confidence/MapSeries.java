package dev.nescio.confidence;

import java.util.Arrays;
import java.util.Map;

/** Lists of numbers as parameters of a record: {@code x0}, {@code x1}, and so on. */
final class MapSeries {

  private MapSeries() {}

  static void put(Map<String, Double> parameters, String name, double[] values) {
    for (int i = 0; i < values.length; i++) parameters.put(name + i, values[i]);
  }

  /**
   * The values from {@code name0} on, up to the first that is not there.
   *
   * @throws IllegalArgumentException with the kind of map, if one is not finite
   */
  static double[] get(Map<String, Double> parameters, String name, String kind) {
    double[] values = new double[parameters.size()];
    int n = 0;
    while (parameters.containsKey(name + n)) {
      Double value = parameters.get(name + n);
      if (value == null || !Double.isFinite(value)) {
        throw new IllegalArgumentException("the parameter " + name + n + " of " + kind + " is finite, not " + value);
      }
      values[n++] = value;
    }
    return Arrays.copyOf(values, n);
  }

  /**
   * @param strictly true when equal neighbours are refused too
   * @throws IllegalArgumentException with the kind of map, if the values fall
   */
  static void requireRising(double[] values, boolean strictly, String name, String kind) {
    for (int i = 1; i < values.length; i++) {
      if (!(strictly ? values[i] > values[i - 1] : values[i] >= values[i - 1])) {
        throw new IllegalArgumentException("the " + name + " values of " + kind + " rise, but " + name + i + " is "
            + values[i] + " after " + values[i - 1]);
      }
    }
  }

  /**
   * @throws IllegalArgumentException with the kind of map, if a value is no probability
   */
  static void requireProbabilities(double[] values, String name, String kind) {
    if (values.length == 0) throw new IllegalArgumentException(kind + " needs the parameter " + name + "0");
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] <= 1)) {
        throw new IllegalArgumentException(
            "the parameter " + name + i + " of " + kind + " is in [0, 1], not " + values[i]);
      }
    }
  }
}
