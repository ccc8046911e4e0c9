package dev.nescio.grading;

import java.util.Collections;
import java.util.List;

/**
 * Correct when some accepted answer occurs as whole words within the first {@value #WORDS} words of the first line,
 * both as {@link NormalText}. Forgives an answer that is a short sentence; the limit keeps a list of guesses from being
 * right by luck.
 *
 * <p>Range: true or false. An empty candidate is never correct.
 */
public final class LenientGrader implements Grader {

  /** Words of the normal form, so articles are not counted. */
  static final int WORDS = 8;

  @Override
  public String name() {
    return "lenient";
  }

  @Override
  public boolean correct(String candidate, List<String> accepted) {
    Graders.requireAccepted(accepted);
    List<String> said = NormalText.words(candidate.strip().lines().findFirst().orElse(""));
    List<String> heard = said.subList(0, Math.min(WORDS, said.size()));
    return accepted.stream()
        .map(NormalText::words)
        .anyMatch(answer -> !answer.isEmpty() && Collections.indexOfSubList(heard, answer) >= 0);
  }
}
