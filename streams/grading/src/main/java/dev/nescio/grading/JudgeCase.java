package dev.nescio.grading;

import java.util.List;
import java.util.Optional;

/**
 * An answer to be judged by a model.
 *
 * @param question  as it was asked
 * @param knowledge a paragraph that supports the accepted answers, when there is one
 * @param accepted  accepted answers, at least one
 * @param candidate what was answered, without {@code <IDK>}
 */
public record JudgeCase(String question, Optional<String> knowledge, List<String> accepted, String candidate) {

  public JudgeCase {
    accepted = List.copyOf(accepted);
    Graders.requireAccepted(accepted);
  }
}
