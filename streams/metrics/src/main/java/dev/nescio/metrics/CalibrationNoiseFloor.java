package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * The ECE to expect from a perfectly calibrated model with these confidences:
 * {@code (1/n) sum_m sqrt(2 conf_m (1 - conf_m) n_m / pi)}. In [0, 1]; the interval is where the ECE of such a model
 * falls in 95 % of cases, so an ECE below its upper end is no sign of miscalibration.
 *
 * <p>Source: mean and variance of a half-normal variable in each bin.
 */
public final class CalibrationNoiseFloor extends CalibrationMetric {

  private static final int BINS = 10;

  CalibrationNoiseFloor(Population population) {
    super(MetricNames.of(MetricNames.ECE_NOISE_FLOOR, population), Direction.NEITHER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins b = tally.cells().bins(BINS);
    long n = b.total();
    if (n == 0) return Optional.empty();
    double mean = 0;
    double variance = 0;
    for (int m = 0; m < BINS; m++) {
      if (b.n()[m] == 0) continue;
      double confidence = b.meanConfidence(m);
      double spread = b.n()[m] * confidence * (1 - confidence);
      mean += Math.sqrt(2 * spread / Math.PI);
      variance += spread * (1 - 2 / Math.PI);
    }
    return Optional.of(Intervals.normal(mean / n, variance / n / n, n, 0, 1));
  }
}
