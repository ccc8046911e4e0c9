package dev.nescio.producers;

import dev.nescio.schemas.topics.Ids;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A question with what is known about it, as data files hold it.
 *
 * @param id         id of the item; empty to derive it from tenant, text and context
 * @param text       the question
 * @param answers    accepted answers; empty when there are none, or none are known
 * @param answerable empty when nothing is known about the answer; false when there is none
 * @param context    text the answer should be based on
 * @param choices    options of a multiple-choice question
 * @param domain     subject area
 * @param tenant     who asks
 * @param source     where question and answers come from
 * @param attributes all other fields, for example {@code relation} and {@code subject}
 */
public record QuestionItem(
    Optional<String> id, String text, List<String> answers, Optional<Boolean> answerable, Optional<String> context,
    List<String> choices, String domain, String tenant, String source, Map<String, String> attributes) {

  /** Checks that answers and answerability agree. */
  public QuestionItem {
    Objects.requireNonNull(text, "text");
    answers = List.copyOf(answers);
    choices = List.copyOf(choices);
    attributes = Map.copyOf(attributes);
    if (text.isBlank()) {
      throw new IllegalArgumentException("The question is empty");
    }
    if (answerable.orElse(false) == answers.isEmpty()) {
      throw new IllegalArgumentException("An answerable question has accepted answers, and no other has");
    }
  }

  /** A question that somebody just asks. */
  public static QuestionItem of(String text) {
    return new QuestionItem(Optional.empty(), text, List.of(), Optional.empty(), Optional.empty(), List.of(),
        "default", "default", "ask", Map.of());
  }

  /** Key of every record about this item. */
  public String questionId() {
    return id.orElseGet(() -> Ids.questionId(tenant, text, context.orElse(null)));
  }

  /** True when a reference can be published. */
  public boolean hasReference() {
    return answerable.isPresent();
  }
}
