package dev.nescio.trainer.service;

import dev.nescio.answering.Draft;
import dev.nescio.confidence.Score;
import dev.nescio.trainer.recipes.KnowledgeItem;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An answer before any decision, with its grades.
 *
 * @param item       what was asked
 * @param candidate  the answer span
 * @param score      what the policy's estimator said
 * @param pIdk       P({@code <IDK>}) in [0, 1] after the span
 * @param idkToken   true when {@code <IDK>} was emitted
 * @param grades     verdict by grader name
 * @param tokens     tokens generated
 */
public record GradedAnswer(
    KnowledgeItem item, String candidate, Score score, OptionalDouble pIdk, boolean idkToken,
    Map<String, Boolean> grades, int tokens) {

  public GradedAnswer {
    grades = Map.copyOf(grades);
  }

  static GradedAnswer of(KnowledgeItem item, Draft draft, String estimator, Map<String, Boolean> grades) {
    return new GradedAnswer(
        item, draft.candidate(), draft.scores().get(estimator), optional(draft.pIdk()), draft.idkToken(), grades,
        draft.sequence().generatedTokens());
  }

  /** The verdict of one grader. */
  public boolean correct(String grader) {
    Boolean verdict = grades.get(grader);
    if (verdict == null) {
      throw new IllegalArgumentException(
          "no grade by " + grader + " for " + item.questionId() + ": " + grades.keySet());
    }
    return verdict;
  }

  /** The raw score as a number; empty when the estimator abstained. */
  public OptionalDouble raw() {
    return switch (score) {
      case Score.Probability p -> OptionalDouble.of(p.value());
      case Score.Unbounded u -> OptionalDouble.of(u.value());
      case Score.Abstained a -> OptionalDouble.empty();
    };
  }

  private static OptionalDouble optional(Optional<Double> value) {
    return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
  }
}
