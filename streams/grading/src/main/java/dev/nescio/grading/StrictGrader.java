package dev.nescio.grading;

import java.util.List;

/**
 * Correct when the whole candidate equals one accepted answer, both as {@link NormalText}.
 *
 * <p>Range: true or false. An empty candidate is never correct.
 */
public final class StrictGrader implements Grader {

  @Override
  public String name() {
    return "strict";
  }

  @Override
  public boolean correct(String candidate, List<String> accepted) {
    Graders.requireAccepted(accepted);
    List<String> said = NormalText.words(candidate);
    return !said.isEmpty() && accepted.stream().map(NormalText::words).anyMatch(said::equals);
  }
}
