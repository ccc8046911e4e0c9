package dev.nescio.confidence;

import java.util.Map;
import java.util.Set;

/**
 * The parameters that a kind of map has in its record; what is missing, unknown or not finite is refused by name.
 *
 * @param kind  for messages, with its article
 * @param names all that may be there
 */
record MapParameters(String kind, Set<String> names) {

  /**
   * @throws IllegalArgumentException if a parameter is unknown or not finite
   */
  void check(Map<String, Double> parameters) {
    if (!names.containsAll(parameters.keySet())) {
      throw new IllegalArgumentException(kind + " has the parameters " + names.stream().sorted().toList() + ", not "
          + parameters.keySet().stream().sorted().toList());
    }
    parameters.forEach((name, value) -> {
      if (value == null || !Double.isFinite(value)) {
        throw new IllegalArgumentException("the parameter " + name + " of " + kind + " is finite, not " + value);
      }
    });
  }

  /**
   * @throws IllegalArgumentException if it is not there
   */
  double required(Map<String, Double> parameters, String name) {
    Double value = parameters.get(name);
    if (value == null) throw new IllegalArgumentException(kind + " needs the parameter " + name);
    return value;
  }
}
