package dev.nescio.metrics;

import java.util.Optional;

/**
 * Mean negative log-likelihood {@code -mean ln(c if correct, else 1 - c)}, in nats, the likelihood at least 10⁻¹². Each
 * term is rounded once to 10⁻⁹ nats, so the value is within 5·10⁻¹⁰ of the unrounded one. Lower is better.
 *
 * <p>Interval: normal, from the variance of the terms; up to the price of a confident error, 27.6 nats.
 */
public final class LogLoss extends CalibrationMetric {

  /** Rounded as the terms are. */
  private static final double WORST =
      Math.round(-StrictMath.log(Tally.CLIP) * Observation.ONE) / (double) Observation.ONE;

  LogLoss(Population population, String grader) {
    super(MetricNames.of(MetricNames.NLL, population, grader), Direction.LOWER_IS_BETTER, population);
  }

  @Override
  Optional<Estimate> of(Tally tally, OutcomeCounts outcomes) {
    long n = tally.cells().bins(1).total();
    if (n == 0) return Optional.empty();
    double mean = tally.logarithmic().total() / Observation.ONE / n;
    return Optional.of(Intervals.mean(mean, tally.logarithmic().ofSquares() / n, n, 0, WORST));
  }
}
