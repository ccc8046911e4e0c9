package dev.nescio.metrics;

import java.util.Optional;

/**
 * Upper bound of the distance between {@link AdaptiveCalibrationError} on the grid and on the confidences themselves;
 * lower is better. Answers with exactly equal confidences count too. The interval is from 0 to the bound.
 */
public final class AdaptiveCalibrationErrorGridError extends CalibrationMetric {

  AdaptiveCalibrationErrorGridError(Population population, String grader) {
    super(MetricNames.of(MetricNames.ADAPTIVE_ECE_GRID_ERROR, population, grader),
        Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    EqualMassBins b = EqualMassBins.of(tally.byConfidence(), AdaptiveCalibrationError.BINS);
    if (b.total() == 0) return Optional.empty();
    return Optional.of(new Estimate(b.weightedError(), b.total(), 0, b.weightedError()));
  }
}
