package dev.nescio.trainer.recipes;

import java.util.List;
import java.util.Optional;

/**
 * A question with its accepted answers: what knowledge is scored on and what a recipe turns into an example.
 *
 * @param questionId stable id of the item
 * @param question   as people ask it, not blank
 * @param answers    accepted answers, the preferred one first; at least one, none blank
 * @param relation   what is asked about, for example {@code capital}; empty when the data does not say
 */
public record KnowledgeItem(String questionId, String question, List<String> answers, Optional<String> relation) {

  public KnowledgeItem {
    answers = List.copyOf(answers);
    if (questionId.isBlank()) throw new IllegalArgumentException("an item without a questionId: " + question);
    if (question.isBlank()) throw new IllegalArgumentException("item " + questionId + " has a blank question");
    if (answers.isEmpty()) throw new IllegalArgumentException("item " + questionId + " has no accepted answer");
    for (String answer : answers) {
      if (answer.isBlank()) throw new IllegalArgumentException("item " + questionId + " has a blank answer");
    }
  }

  /** The answer that is shown as an exemplar and trained on. */
  public String answer() {
    return answers.getFirst();
  }
}
