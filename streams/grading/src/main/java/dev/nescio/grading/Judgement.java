package dev.nescio.grading;

import java.util.Optional;

/**
 * What a judge said.
 *
 * @param basis how it came to that
 * @param reply the model's words; empty when it was not asked
 */
public record Judgement(Basis basis, String reply) {

  /** How a judgement came about. */
  public enum Basis {
    /** The candidate equals an accepted answer: correct without asking. */
    EXACT_MATCH(true),
    /** There is no candidate: incorrect without asking. */
    EMPTY(false),
    YES(true),
    NO(false),
    /** Neither yes nor no: incorrect. */
    UNCLEAR(false),
    /** The case does not fit the judge's context: no verdict. */
    TOO_LONG(null);

    private final Boolean correct;

    Basis(Boolean correct) {
      this.correct = correct;
    }
  }

  /** The verdict; empty when there is none. */
  public Optional<Boolean> correct() {
    return Optional.ofNullable(basis.correct);
  }
}
