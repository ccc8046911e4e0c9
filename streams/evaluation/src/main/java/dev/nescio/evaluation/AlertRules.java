package dev.nescio.evaluation;

import java.time.Duration;
import java.util.Set;

/**
 * When somebody is called. Each limit is on the true value: an alert opens when its lower bound is above, and closes
 * when the measured value was at most half of the limit for a while.
 *
 * @param minimum         answers that a window needs, and correct ones for A-FPR
 * @param error           chance that a bound does not hold at one look, in (0, 0.1]
 * @param miscalibration  limit, in (0, 1)
 * @param aFpr            limit, in (0, 1); that of the trainer's gate by default
 * @param accuracyDrop    limit, in (0, 1)
 * @param confidenceShift limit, in (0, 1)
 * @param calm            looks in a row, one a minute, that close an alert
 * @param slices          which are watched: {@code model}, {@code tenant}, {@code domain}, {@code all}
 * @param training        detectors whose alert asks for a night of training; empty for none
 * @param trainingEvery   at most one such request in this time
 */
public record AlertRules(
    int minimum, double error, double miscalibration, double aFpr, double accuracyDrop, double confidenceShift,
    int calm, Set<String> slices, Set<String> training, Duration trainingEvery) {

  private static final Set<String> SLICES = Set.of("model", "tenant", "domain", "all");

  /** One page for one cause: models as a whole are watched. A bound fails at most once in a million looks. */
  public static final AlertRules DEFAULT = new AlertRules(
      200, 1e-6, 0.05, 0.05, 0.1, 0.25, 5, Set.of("model"), Set.of(), Duration.ofDays(1));

  public AlertRules {
    slices = Set.copyOf(slices);
    training = Set.copyOf(training);
    require(minimum >= 1, "alert.minimum", minimum, "at least 1");
    require(error > 0 && error <= 0.1, "alert.error", error, "in (0, 0.1]");
    requireLimit("alert.miscalibration", miscalibration);
    requireLimit("alert.a-fpr", aFpr);
    requireLimit("alert.accuracy-drop", accuracyDrop);
    requireLimit("alert.confidence-shift", confidenceShift);
    require(calm >= 1, "alert.calm", calm, "at least 1");
    require(SLICES.containsAll(slices), "alert.slices", slices, "of " + SLICES);
    require(Detectors.names().containsAll(training), "alert.training", training, "of " + Detectors.names());
    require(trainingEvery.isPositive(), "alert.training.every", trainingEvery, "positive");
  }

  /** True when somebody is called for a slice. */
  boolean watches(SliceKey slice) {
    if (slices.contains("all")) return true;
    if (!slice.policyVersion().equals(SliceKey.ANY) || slice.modelVersion().equals(SliceKey.ANY)) return false;
    boolean tenant = !slice.tenant().equals(SliceKey.ANY);
    boolean domain = !slice.domain().equals(SliceKey.ANY);
    if (tenant == domain) return !tenant && slices.contains("model");
    return slices.contains(tenant ? "tenant" : "domain");
  }

  private static void requireLimit(String key, double value) {
    require(value > 0 && value < 1, key, value, "between 0 and 1");
  }

  private static void require(boolean holds, String key, Object value, String rule) {
    if (!holds) throw new IllegalArgumentException(key + " is " + rule + ", not \"" + value + "\"");
  }
}
