package dev.nescio.confidence;

import java.util.List;
import java.util.stream.Collectors;

/** The list of estimators; a new one is added here. */
public final class Estimators {

  private static final List<ConfidenceEstimator> ALL = List.of(
      new SequenceProbability(),
      new LengthNormalisedProbability(),
      new MinTokenProbability(),
      new MeanTokenEntropy());

  private Estimators() {}

  public static List<ConfidenceEstimator> all() {
    return ALL;
  }

  /**
   * @throws IllegalArgumentException with the known names when there is no estimator of that name
   */
  public static ConfidenceEstimator named(String name) {
    return ALL.stream().filter(estimator -> estimator.name().equals(name)).findFirst().orElseThrow(
        () -> new IllegalArgumentException("no estimator is called \"" + name + "\"; there are "
            + ALL.stream().map(ConfidenceEstimator::name).collect(Collectors.joining(", "))));
  }
}
