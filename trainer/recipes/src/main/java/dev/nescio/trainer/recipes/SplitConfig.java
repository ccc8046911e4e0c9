package dev.nescio.trainer.recipes;

import java.util.EnumMap;
import java.util.Map;

/**
 * How a data set is split.
 *
 * @param shares share of each split, at least 0, together 1 (to 1e-9); a split that is not named gets nothing
 * @param caps   most items of a split, at least 0; a split that is not named has no limit
 * @param salt   stored with the split, not empty: the same salt gives the same split
 */
public record SplitConfig(Map<Split, Double> shares, Map<Split, Integer> caps, String salt) {

  public SplitConfig {
    shares = Map.copyOf(shares);
    caps = Map.copyOf(caps);
    if (salt.isEmpty()) throw new IllegalArgumentException("a split needs a salt");
    double sum = 0;
    for (double share : shares.values()) {
      if (!(share >= 0)) throw new IllegalArgumentException("a share is 0 or above, not " + share);
      sum += share;
    }
    if (!(Math.abs(sum - 1) < 1e-9)) throw new IllegalArgumentException("shares add up to 1, not " + sum);
    caps.forEach((split, cap) -> {
      if (cap < 0) throw new IllegalArgumentException("the cap of " + split + " is 0 or above, not " + cap);
    });
  }

  /** 70 % training, 10 % calibration, 20 % gate. */
  public static SplitConfig standard(String salt) {
    return new SplitConfig(Map.of(Split.TRAINING, .7, Split.CALIBRATION, .1, Split.GATE, .2), Map.of(), salt);
  }

  /** The demo's four splits: 20, 19, 19 and 42 %, at most 160, 150, 150 and 300 questions. */
  public static SplitConfig demo(String salt) {
    Map<Split, Double> shares = new EnumMap<>(Map.of(
        Split.TRAINING, .20, Split.CALIBRATION, .19, Split.GATE, .19, Split.REPORT, .42));
    Map<Split, Integer> caps = new EnumMap<>(Map.of(
        Split.TRAINING, 160, Split.CALIBRATION, 150, Split.GATE, 150, Split.REPORT, 300));
    return new SplitConfig(shares, caps, salt);
  }
}
