package dev.nescio.metrics;

import dev.nescio.metrics.ReliabilityCells.Bins;
import java.util.Optional;

/**
 * Largest gap between accuracy and mean confidence of a bin that is not empty. In [0, 1], lower is better; the bin with
 * the fewest answers often decides.
 *
 * <p>Interval: each bin's accuracy has a Wilson interval, so its gap is between a smallest and a largest; the ends are
 * the largest of the smallest and the largest of the largest.
 *
 * <p>Source: Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017 (arXiv 1706.04599), equation 5.
 */
public final class MaximumCalibrationError extends CalibrationMetric {

  private static final int BINS = 10;

  MaximumCalibrationError(Population population, String grader) {
    super(MetricNames.of(MetricNames.MCE, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    Bins b = tally.cells().bins(BINS);
    long n = b.total();
    if (n == 0) return Optional.empty();
    double value = 0;
    double low = 0;
    double high = 0;
    for (int m = 0; m < BINS; m++) {
      if (b.n()[m] == 0) continue;
      double confidence = b.meanConfidence(m);
      Estimate accuracy = Intervals.wilson(b.correct()[m], b.n()[m]);
      double below = confidence - accuracy.low();
      double above = accuracy.high() - confidence;
      value = Math.max(value, Math.abs(b.gap(m)));
      low = Math.max(low, Math.max(-below, -above));
      high = Math.max(high, Math.max(below, above));
    }
    return Optional.of(Intervals.bounded(value, n, low, high));
  }
}
