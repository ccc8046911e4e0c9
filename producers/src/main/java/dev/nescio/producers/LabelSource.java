package dev.nescio.producers;

import dev.nescio.schemas.Label;
import dev.nescio.schemas.topics.Ids;
import java.util.Collection;

/**
 * Publishes labels under the item of their answer.
 *
 * @param publisher to the labels topic
 * @param pace      when each label is due
 */
public record LabelSource(Publisher<Label> publisher, Pace pace) {

  /**
   * Publishes every label, in order.
   *
   * @throws PublishException         when the broker does not take labels
   * @throws IllegalArgumentException when an answer id is malformed
   */
  public Published publish(Collection<Label> labels) {
    return publisher.publish(labels.stream().map(label ->
        new Outgoing.Record<>(label.getLabelId(), Ids.questionIdOf(label.getAnswerId()), label)), pace);
  }
}
