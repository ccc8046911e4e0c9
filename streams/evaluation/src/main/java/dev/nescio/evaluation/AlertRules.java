package dev.nescio.evaluation;

import java.time.Duration;
import java.util.Set;

/**
 * When somebody is called. Each limit is on the true value: an alert opens when its lower bound is above, and closes
 * when the measured value was at most half of the limit for a while.
 *
 * @param minimum         answers that a window needs, and correct ones for A-FPR
 * @param falseAlarms     alerts that may open in a year in one slice, in expectation, though no limit is passed; in
 *                        (0, 365]
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
    int minimum, double falseAlarms, double miscalibration, double aFpr, double accuracyDrop, double confidenceShift,
    int calm, Set<String> slices, Set<String> training, Duration trainingEvery) {

  private static final Set<String> SLICES = Set.of("model", "tenant", "domain", "all");

  private static final int LOOKS_A_YEAR = 366 * 24 * 60;

  /** One page for one cause: models as a whole are watched. At most one false alarm in ten years for each of them. */
  public static final AlertRules DEFAULT = new AlertRules(
      200, 0.1, 0.05, 0.05, 0.1, 0.25, 5, Set.of("model"), Set.of(), Duration.ofDays(1));

  public AlertRules {
    slices = Set.copyOf(slices);
    training = Set.copyOf(training);
    require(minimum >= 1, "alert.minimum", minimum, "at least 1");
    require(falseAlarms > 0 && falseAlarms <= 365, "alert.false-alarms", falseAlarms, "in (0, 365] a year");
    requireLimit("alert.miscalibration", miscalibration);
    requireLimit("alert.a-fpr", aFpr);
    requireLimit("alert.accuracy-drop", accuracyDrop);
    requireLimit("alert.confidence-shift", confidenceShift);
    require(calm >= 1, "alert.calm", calm, "at least 1");
    require(SLICES.containsAll(slices), "alert.slices", slices, "of " + SLICES);
    require(Detectors.names().containsAll(training), "alert.training", training, "of " + Detectors.names());
    require(trainingEvery.isPositive(), "alert.training.every", trainingEvery, "positive");
  }

  /**
   * Chance of a bound that does not hold, of one detector over one window at one look: what a year allows, shared among
   * its looks, the detectors and the windows (Bonferroni). A sum of chances needs no independence, so
   * it holds although windows overlap.
   */
  double error() {
    return falseAlarms / ((double) LOOKS_A_YEAR * Detectors.all().size() * AlertWatch.WINDOWS.size());
  }

  /** True when somebody is called for a slice. */
  boolean watches(SliceKey slice) {
    if (slice.isOverflow()) return false;
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
