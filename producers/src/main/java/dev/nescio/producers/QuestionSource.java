package dev.nescio.producers;

import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.topics.DeadLetterCause;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Asks questions. One that is larger than {@code max.question.bytes} never reaches the broker.
 *
 * @param publisher        to the questions topic
 * @param clock            gives {@code askedAt}
 * @param pace             when each question is due
 * @param maxQuestionBytes most UTF-8 bytes of text, choices and context together
 */
public record QuestionSource(Publisher<Question> publisher, Clock clock, Pace pace, int maxQuestionBytes) {

  /** 64 KiB. */
  public static final int DEFAULT_MAX_QUESTION_BYTES = 65_536;

  /** Checks the limit. */
  public QuestionSource {
    if (maxQuestionBytes < 1) {
      throw new IllegalArgumentException("max.question.bytes is at least 1, not " + maxQuestionBytes);
    }
  }

  /** With the default limit. */
  public QuestionSource(Publisher<Question> publisher, Clock clock, Pace pace) {
    this(publisher, clock, pace, DEFAULT_MAX_QUESTION_BYTES);
  }

  /**
   * Asks every item once, in order.
   *
   * @throws PublishException when the broker does not take questions
   */
  public Published publish(Collection<QuestionItem> items, Asking asking) {
    return publisher.publish(items.stream().map(item -> outgoing(item, asking)), pace);
  }

  /**
   * Asks one item and returns its questionId once the broker has it.
   *
   * @throws OversizedQuestionException when it is too large
   * @throws PublishException           when the broker does not take it
   */
  public String ask(QuestionItem item, Asking asking) {
    Published published = publisher.publish(Stream.of(outgoing(item, asking)), Pace.unlimited());
    if (!published.rejected().isEmpty()) {
      throw new OversizedQuestionException(published.rejected().getFirst().message());
    }
    return item.questionId();
  }

  private Outgoing<Question> outgoing(QuestionItem item, Asking asking) {
    long bytes = bytes(item);
    if (bytes > maxQuestionBytes) {
      return new Outgoing.Refused<>(item.questionId(), DeadLetterCause.OVERSIZED, "Question " + item.questionId()
          + " has " + bytes + " bytes of text, choices and context, more than max.question.bytes = "
          + maxQuestionBytes + "; shorten it or raise the limit");
    }
    Map<String, String> attributes = new HashMap<>(item.attributes());
    attributes.putAll(asking.attributes());
    return new Outgoing.Record<>(item.questionId(), item.questionId(), Question.newBuilder()
        .setText(item.text()).setChoices(item.choices()).setContext(item.context().orElse(null))
        .setDomain(item.domain()).setTenant(item.tenant())
        .setAskId(asking.askId()).setAskedAt(clock.instant())
        .setOptions(new QuestionOptions(asking.channel(), asking.maxTokens(), asking.seed()))
        .setAttributes(attributes).build());
  }

  private static long bytes(QuestionItem item) {
    return Stream.concat(Stream.of(item.text(), item.context().orElse("")), item.choices().stream())
        .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
  }
}
