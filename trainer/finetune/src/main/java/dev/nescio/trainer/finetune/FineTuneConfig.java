package dev.nescio.trainer.finetune;

import dev.nescio.model.llama.Projection;
import dev.nescio.trainer.objectives.Objective;
import dev.nescio.trainer.objectives.Objectives;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a model is fine-tuned.
 *
 * @param method          adapters beside frozen weights, or all weights
 * @param objective       name of the loss, see {@link Objectives}
 * @param lora            of which kind the adapters are, and where; without effect in full tuning
 * @param loraRate        highest learning rate of the adapters, above 0
 * @param fullRate        highest learning rate of all weights in full tuning, above 0
 * @param idkRate         highest learning rate of the row of {@code <IDK>}, 0 to leave it as it starts
 * @param epochs          passes over the examples, 1 to 1 000
 * @param batch           examples a step, 1 to 4 096
 * @param warmUp          share of the steps in which the rate rises linearly, in [0, 1); then it falls linearly to 0
 * @param weightDecay     decoupled, 0 or above
 * @param clipNorm        upper bound of the gradient's norm, above 0; infinite for none
 * @param checkpointSteps steps between checkpoints, 0 for none
 * @param seed            start of the adapters, order of the examples and what is dropped
 */
public record FineTuneConfig(
    Method method, String objective, LoraConfig lora, double loraRate, double fullRate, double idkRate, int epochs,
    int batch, double warmUp, double weightDecay, double clipNorm, int checkpointSteps, long seed) {

  /** What is trained. */
  public enum Method {
    LORA,
    FULL
  }

  public FineTuneConfig {
    Objectives.named(objective);
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(lora, "lora");
    check(loraRate > 0 && loraRate < 1, "loraRate", loraRate, "in (0, 1)");
    check(fullRate > 0 && fullRate < 1, "fullRate", fullRate, "in (0, 1)");
    check(idkRate >= 0 && idkRate < 1, "idkRate", idkRate, "in [0, 1)");
    check(epochs >= 1 && epochs <= 1000, "epochs", epochs, "between 1 and 1000");
    check(batch >= 1 && batch <= 4096, "batch", batch, "between 1 and 4096");
    check(warmUp >= 0 && warmUp < 1, "warmUp", warmUp, "in [0, 1)");
    check(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "in [0, 1)");
    check(clipNorm > 0, "clipNorm", clipNorm, "above 0");
    check(checkpointSteps >= 0, "checkpointSteps", checkpointSteps, "0 or above");
  }

  /** Adapters of rank 8 on all seven projections; rates by the sweep in {@code SWEEP.md}. */
  public static FineTuneConfig standard() {
    LoraConfig lora = new LoraConfig(8, 16, false, 0, EnumSet.allOf(Projection.class), Set.of());
    return new FineTuneConfig(
        Method.LORA, "knowledge-weighted", lora, 1e-3, 5e-5, 1e-3, 3, 8, .03, .01, 1, 50, 0);
  }

  /**
   * The standard with some settings changed.
   *
   * @param changes by the names of {@link #toMap}
   * @throws IllegalArgumentException naming an unknown setting or a value that is none
   */
  public static FineTuneConfig of(Map<String, String> changes) {
    Map<String, String> all = new TreeMap<>(standard().toMap());
    for (Map.Entry<String, String> change : changes.entrySet()) {
      if (all.put(change.getKey(), change.getValue()) == null) {
        throw new IllegalArgumentException("no setting " + change.getKey() + " of fine-tuning; there are "
            + String.join(", ", new TreeSet<>(standard().toMap().keySet())));
      }
    }
    try {
      return new FineTuneConfig(
          method(all.get("method")), all.get("objective"), LoraConfig.of(all), Double.parseDouble(all.get("loraRate")),
          Double.parseDouble(all.get("fullRate")), Double.parseDouble(all.get("idkRate")),
          Integer.parseInt(all.get("epochs")), Integer.parseInt(all.get("batch")),
          Double.parseDouble(all.get("warmUp")), Double.parseDouble(all.get("weightDecay")),
          Double.parseDouble(all.get("clipNorm")), Integer.parseInt(all.get("checkpointSteps")),
          Long.parseLong(all.get("seed")));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a setting of fine-tuning is no number: " + e.getMessage(), e);
    }
  }

  /** Every setting by name, as text that {@link #of} reads. */
  public Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    map.put("method", method.name().toLowerCase(Locale.ROOT));
    map.put("objective", objective);
    lora.putTo(map);
    map.put("loraRate", Double.toString(loraRate));
    map.put("fullRate", Double.toString(fullRate));
    map.put("idkRate", Double.toString(idkRate));
    map.put("epochs", Integer.toString(epochs));
    map.put("batch", Integer.toString(batch));
    map.put("warmUp", Double.toString(warmUp));
    map.put("weightDecay", Double.toString(weightDecay));
    map.put("clipNorm", Double.toString(clipNorm));
    map.put("checkpointSteps", Integer.toString(checkpointSteps));
    map.put("seed", Long.toString(seed));
    return map;
  }

  public FineTuneConfig withSeed(long newSeed) {
    return new FineTuneConfig(method, objective, lora, loraRate, fullRate, idkRate, epochs, batch, warmUp, weightDecay,
        clipNorm, checkpointSteps, newSeed);
  }

  Objective loss() {
    return Objectives.named(objective);
  }

  /** Steps for a number of examples. */
  int steps(int examples) {
    return Math.multiplyExact(epochs, (examples + batch - 1) / batch);
  }

  /** Highest learning rate of the trained vector. */
  double rate() {
    return method == Method.LORA ? loraRate : fullRate;
  }

  private static Method method(String name) {
    for (Method method : Method.values()) {
      if (method.name().equalsIgnoreCase(name)) return method;
    }
    throw new IllegalArgumentException("the method of fine-tuning is lora or full, not " + name);
  }

  static void check(boolean holds, String name, Object value, String rule) {
    if (!holds) throw new IllegalArgumentException(name + " must be " + rule + ", is " + value);
  }
}
