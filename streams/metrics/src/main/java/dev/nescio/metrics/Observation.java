package dev.nescio.metrics;

import java.util.OptionalInt;

/**
 * One labelled answer, as every summary sees it.
 *
 * <p>Confidences are integers in units of 10⁻⁹, rounded once ({@link #units}); p_idk likewise. So sums are exact in any
 * order, and a window after any crash or correction equals the batch computation bit for bit.
 *
 * @param confidence calibrated P(correct) in units of 10⁻⁹, 0 to 1 000 000 000; empty when the answer has none
 * @param pIdk       P({@code <IDK>}) in units of 10⁻⁹; empty when the model has no such token
 * @param correct    the verdict of the headline grader
 * @param idk        true when the decision was {@code IDK}; {@code ERROR} answers are never observed, only counted
 * @param audited    true when the answer was drawn at random for labelling
 */
public record Observation(
    OptionalInt confidence, OptionalInt pIdk, boolean correct, boolean idk, boolean audited) {

  /** One, in the unit of confidences. */
  public static final int ONE = 1_000_000_000;

  public Observation {
    check("confidence", confidence);
    check("pIdk", pIdk);
  }

  /**
   * A probability in units of 10⁻⁹, rounded half up.
   *
   * @throws IllegalArgumentException outside [0, 1] or NaN
   */
  public static int units(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability is in [0, 1], not " + probability);
    }
    return (int) Math.round(probability * ONE);
  }

  private static void check(String name, OptionalInt units) {
    if (units.isPresent() && (units.getAsInt() < 0 || units.getAsInt() > ONE)) {
      throw new IllegalArgumentException(name + " is in [0, " + ONE + "], not " + units.getAsInt());
    }
  }
}
