package dev.nescio.producers;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.topics.Ids;
import java.util.Collection;

/**
 * Publishes answers that were made elsewhere.
 *
 * @param publisher to the answers topic
 * @param pace      when each answer is due
 */
public record AnswerSource(Publisher<Answer> publisher, Pace pace) {

  /**
   * Publishes every answer, in order.
   *
   * @throws PublishException         when the broker does not take answers
   * @throws IllegalArgumentException when an answer id is malformed
   */
  public Published publish(Collection<Answer> answers) {
    return publisher.publish(answers.stream().map(answer ->
        new Outgoing.Record<>(answer.getAnswerId(), Ids.questionIdOf(answer.getAnswerId()), answer)), pace);
  }
}
