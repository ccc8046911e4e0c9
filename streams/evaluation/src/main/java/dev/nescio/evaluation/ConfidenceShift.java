package dev.nescio.evaluation;

import java.util.Locale;
import java.util.Optional;

/**
 * Confidences spread otherwise than in the week before, by the distance of Kolmogorov and Smirnov over twenty bins. It
 * needs no labels, so it comes first; a new calibrator may be the reason.
 *
 * <p>Bound: Dvoretzky, Kiefer and Wolfowitz with Massart's constant for each of the two, at half the error chance.
 */
final class ConfidenceShift implements Detector {

  @Override
  public String name() {
    return "confidence-shift";
  }

  @Override
  public double limit(AlertRules rules) {
    return rules.confidenceShift();
  }

  @Override
  public Optional<Reading> read(Tally recent, Tally reference, double error) {
    long now = recent.confidences().n();
    long before = reference.confidences().n();
    if (now == 0 || before == 0) return Optional.empty();
    double distance = recent.confidences().distance(reference.confidences());
    double slack = band(now, error) + band(before, error);
    return Optional.of(new Reading(distance, Math.max(0, distance - slack), Math.min(1, distance + slack),
        Math.min(now, before)));
  }

  @Override
  public String message(Reading reading, String window, double limit) {
    return String.format(Locale.ROOT,
        "confidences of %s are %.3f away from those of the week before (at least %.3f, limit %.3f) over %d answers",
        window, reading.value(), reading.low(), limit, reading.n());
  }

  /** P(sup |F_n - F| > band) is at most 2 exp(-2 n band²). */
  private static double band(long n, double error) {
    return Math.sqrt(Math.log(4 / error) / (2 * n));
  }
}
