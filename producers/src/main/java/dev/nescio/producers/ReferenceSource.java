package dev.nescio.producers;

import dev.nescio.schemas.Reference;
import java.time.Clock;
import java.util.Collection;

/**
 * Publishes accepted answers. Items without a reference are left out.
 *
 * @param publisher to the references topic
 * @param clock     gives {@code recordedAt}
 * @param pace      when each reference is due
 */
public record ReferenceSource(Publisher<Reference> publisher, Clock clock, Pace pace) {

  /**
   * Publishes the references as a revision; a higher one than before re-grades the answers.
   *
   * @throws PublishException when the broker does not take references
   */
  public Published publish(Collection<QuestionItem> items, long revision) {
    return publisher.publish(items.stream().filter(QuestionItem::hasReference)
        .map(item -> new Outgoing.Record<>(item.questionId(), item.questionId(), reference(item, revision))), pace);
  }

  private Reference reference(QuestionItem item, long revision) {
    return Reference.newBuilder()
        .setAnswers(item.answers()).setAnswerable(item.answerable().orElseThrow()).setSource(item.source())
        .setText(item.text()).setDomain(item.domain()).setTenant(item.tenant()).setAttributes(item.attributes())
        .setRevision(revision).setRecordedAt(clock.instant()).build();
  }
}
