package dev.nescio.trainer.recipes;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the fine-tuning loop gets: a prompt to read and a target to say.
 *
 * @param questionId the item it was made of
 * @param prompt     the zero-shot prompt that is used live; carries no loss
 * @param answer     the answer text without a leading space
 * @param layout     where {@code <IDK>} stands in the target
 * @param weight     weight of the example's mean loss, above 0
 * @param tags       what is worth counting, for example {@code ks} and {@code relation}; sorted by name
 * @param provenance where it comes from
 */
public record TrainingExample(
    String questionId, String prompt, String answer, TargetLayout layout, double weight, Map<String, String> tags,
    Provenance provenance) {

  public TrainingExample {
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("example " + questionId + " needs a weight above 0, not " + weight);
    }
    if (answer.isBlank() || !answer.equals(answer.strip())) {
      throw new IllegalArgumentException("example " + questionId + " needs a stripped answer, not '" + answer + "'");
    }
  }

  /** True when the recipe calls the item unknown, so that {@code <IDK>} is part of the target. */
  public boolean unknown() {
    return layout.hasIdk();
  }

  /**
   * What made an example.
   *
   * @param recipe      name of the recipe with its parameters
   * @param protocol    how knowledge was scored; empty text when the recipe needs none
   * @param modelDigest the model that was scored; empty text when the recipe needs none
   * @param grader      the grader of the samples; empty text when the recipe needs none
   */
  public record Provenance(String recipe, String protocol, String modelDigest, String grader) {}
}
