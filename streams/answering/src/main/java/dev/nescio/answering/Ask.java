package dev.nescio.answering;

import java.util.List;
import java.util.Optional;

/**
 * What is to be answered.
 *
 * @param question  the question as the user wrote it
 * @param choices   options of a multiple-choice question; empty for an open one
 * @param context   text the answer should be based on
 * @param exemplars solved examples to show first; empty for zero-shot
 * @param maxTokens upper bound of generated tokens
 * @param seed      seed of whatever is drawn
 * @param adapter   id of a loaded adapter; empty for the base
 */
public record Ask(
    String question, List<String> choices, Optional<String> context, List<Exemplar> exemplars, int maxTokens,
    long seed, Optional<String> adapter) {

  public Ask {
    choices = List.copyOf(choices);
    exemplars = List.copyOf(exemplars);
  }

  /** A solved example. */
  public record Exemplar(String question, String answer) {}

  /** An open question without context or examples. */
  public static Ask zeroShot(String question, int maxTokens, Optional<String> adapter) {
    return new Ask(question, List.of(), Optional.empty(), List.of(), maxTokens, 0, adapter);
  }

  /** An open question after solved examples. */
  public static Ask fewShot(
      String question, List<Exemplar> exemplars, int maxTokens, Optional<String> adapter) {
    return new Ask(question, List.of(), Optional.empty(), exemplars, maxTokens, 0, adapter);
  }
}
