package dev.nescio.trainer.service;

import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.Score;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.trainer.recipes.KnowledgeItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Graded answers of known scores. */
final class Answers {

  static final String GRADER = "lenient";

  private Answers() {}

  static IdkPolicy policy(double alpha) {
    return new IdkPolicy(IdkMode.EITHER, ThresholdScore.P_IDK, ThresholdTarget.A_FPR_AT_MOST, alpha);
  }

  static GradedAnswer answer(int i, double score, double pIdk, boolean token, boolean correct) {
    return new GradedAnswer(
        new KnowledgeItem("q" + i, "Question " + i + "?", List.of("a" + i), Optional.empty()), "a" + i,
        Score.probability(score), OptionalDouble.of(pIdk), token, Map.of(GRADER, correct), 3);
  }

  /**
   * Ten of score 0, two of them correct; ten of score 1, eight correct. p_idk of the correct ones is .01 to .10, of the
   * others .5.
   */
  static List<GradedAnswer> twenty() {
    List<GradedAnswer> answers = new ArrayList<>();
    int right = 0;
    for (int i = 0; i < 20; i++) {
      boolean correct = i < 10 ? i < 2 : i < 18;
      answers.add(answer(i, i < 10 ? 0 : 1, correct ? ++right / 100.0 : .5, false, correct));
    }
    return answers;
  }
}
