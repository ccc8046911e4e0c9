package dev.nescio.trainer.service;

import dev.nescio.confidence.Estimators;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.grading.Graders;
import dev.nescio.trainer.recipes.KnowledgeProtocol;
import dev.nescio.trainer.recipes.Recipes;
import dev.nescio.trainer.recipes.SplitConfig;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a night does. {@link #with} takes the overrides of a training request; unknown keys fail.
 *
 * @param split         shares, caps and salt of the splits
 * @param protocol      how knowledge is scored
 * @param samples       S, samples an item, 1 to 100
 * @param recipe        name of the recipe with its parameters
 * @param estimator     whose score is calibrated
 * @param grader        headline grader of scores, fits and gate
 * @param policy        where {@code <IDK>} comes from and what its threshold is fitted for
 * @param maxTokens     upper bound of an answer, 1 to 512
 * @param answerBatch   questions in one call of the model
 * @param minimumFit    labels below which no calibrator is fitted
 * @param minimumGate   gate questions below which the gate refuses
 * @param seed          everything drawn depends on it
 */
public record NightConfig(
    SplitConfig split, KnowledgeProtocol protocol, int samples, String recipe, String estimator, String grader,
    IdkPolicy policy, int maxTokens, int answerBatch, int minimumFit, int minimumGate, long seed) {

  /** Overrides with this prefix are settings of fine-tuning. */
  static final String TUNING = "tune.";

  private static final Set<String> KEYS = Set.of("protocol", "samples", "recipe", "alpha", "minimum-gate");

  public NightConfig {
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(policy, "policy");
    // A wrong name is told before hours of work, not after.
    Recipes.named(recipe);
    Estimators.named(estimator);
    Graders.named(grader);
    require("samples", samples, 1, 100);
    require("maxTokens", maxTokens, 1, 512);
    require("answerBatch", answerBatch, 1, 1024);
    require("minimumFit", minimumFit, 10, 1_000_000);
    require("minimumGate", minimumGate, 1, 1_000_000);
  }

  /** The defaults for production: 70 % training, 10 % calibration, 20 % gate. */
  public static NightConfig standard(long seed) {
    return new NightConfig(
        SplitConfig.standard("nescio"),
        KnowledgeProtocol.BASE_FEWSHOT, 5, "kwt", "sequence-probability", "lenient",
        // Half of what the gate allows: a threshold fitted at the limit is above it every other time.
        new IdkPolicy(IdkMode.EITHER, ThresholdScore.P_IDK, ThresholdTarget.A_FPR_AT_MOST, 0.025),
        32, 32, 100, 50, seed);
  }

  public NightConfig withSplit(SplitConfig other) {
    return new NightConfig(
        other, protocol, samples, recipe, estimator, grader, policy, maxTokens, answerBatch, minimumFit, minimumGate,
        seed);
  }

  public NightConfig withMinimumFit(int other) {
    return new NightConfig(
        split, protocol, samples, recipe, estimator, grader, policy, maxTokens, answerBatch, other, minimumGate, seed);
  }

  /**
   * The overrides of a request applied.
   *
   * @throws IllegalArgumentException naming the key that is unknown or whose value is wrong
   */
  public NightConfig with(Map<String, String> overrides, long newSeed) {
    for (String key : overrides.keySet()) {
      if (!KEYS.contains(key) && !key.startsWith(TUNING)) {
        throw new IllegalArgumentException(
            "unknown override \"" + key + "\" in the training request; there are " + new TreeSet<>(KEYS)
                + " and, for fine-tuning, " + TUNING + "NAME");
      }
    }
    String alpha = overrides.get("alpha");
    return new NightConfig(
        split,
        overrides.containsKey("protocol") ? KnowledgeProtocol.named(overrides.get("protocol")) : protocol,
        integer(overrides, "samples", samples),
        overrides.getOrDefault("recipe", recipe),
        estimator,
        grader,
        alpha == null ? policy : new IdkPolicy(policy.mode(), policy.score(), policy.target(), decimal("alpha", alpha)),
        maxTokens,
        answerBatch,
        minimumFit,
        integer(overrides, "minimum-gate", minimumGate),
        newSeed);
  }

  /** The overrides that are settings of fine-tuning, without their prefix. */
  static Map<String, String> tuning(Map<String, String> overrides) {
    Map<String, String> settings = new TreeMap<>();
    overrides.forEach((key, value) -> {
      if (key.startsWith(TUNING)) settings.put(key.substring(TUNING.length()), value);
    });
    return settings;
  }

  private static int integer(Map<String, String> values, String key, int otherwise) {
    String text = values.get(key);
    if (text == null) return otherwise;
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a whole number, is \"" + text + "\"", e);
    }
  }

  private static double decimal(String key, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a number, is \"" + text + "\"", e);
    }
  }

  private static void require(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(name + " must be between " + low + " and " + high + ", is " + value);
    }
  }
}
