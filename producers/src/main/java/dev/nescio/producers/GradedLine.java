package dev.nescio.producers;

import java.util.Map;
import java.util.Optional;

/**
 * One answer with its verdict, as a file tells it.
 *
 * @param id           of the question, to compare two files; empty without
 * @param confidence   P(correct) in [0, 1]; empty when the answer has none
 * @param pIdk         P({@code <IDK>}) in [0, 1]; empty without
 * @param correct      the verdict; empty for an answer without a label and for a question without an answer
 * @param idk          true when {@code <IDK>} was said
 * @param audited      true when the answer was drawn at random for labelling
 * @param answerable   false when the question has no answer
 * @param delaySeconds from the answer to its label, 0 or above; empty when it is not known
 * @param slices       value by name of the slice
 */
public record GradedLine(
    Optional<String> id, Optional<Double> confidence, Optional<Double> pIdk, Optional<Boolean> correct, boolean idk,
    boolean audited, boolean answerable, Optional<Double> delaySeconds, Map<String, String> slices) {

  public GradedLine {
    slices = Map.copyOf(slices);
  }
}
