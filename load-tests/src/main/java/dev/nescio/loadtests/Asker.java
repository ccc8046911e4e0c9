package dev.nescio.loadtests;

import dev.nescio.producers.QuestionItem;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes the questions of a run, without waiting for one before the next. The items are asked in turn; every asking has
 * an askId of its own.
 */
final class Asker implements AutoCloseable {

  private final List<QuestionItem> items;
  private final Ledger ledger;
  private final String run;
  private final int maxTokens;
  private final Instant start;
  private KafkaProducer<String, Question> producer;

  /** @param start when question 0 is due; {@code askedAt} is when a question is due, however late it goes out */
  Asker(Target target, List<QuestionItem> items, Ledger ledger, String run, int maxTokens, Instant start) {
    this.items = List.copyOf(items);
    this.ledger = ledger;
    this.run = run;
    this.maxTokens = maxTokens;
    this.start = start;
    this.producer = open(target);
  }

  String askId(int index) {
    return run + "-" + index;
  }

  /** Hands question {@code index} to the producer; the ledger hears of a failure. */
  void ask(int index, long dueNanos) {
    String askId = askId(index);
    QuestionItem item = items.get(index % items.size());
    Question question = Question.newBuilder()
        .setText(item.text()).setChoices(item.choices()).setContext(item.context().orElse(null))
        .setDomain(item.domain()).setTenant(item.tenant()).setAskId(askId)
        .setAskedAt(start.plusNanos(dueNanos))
        .setOptions(new QuestionOptions("champion", maxTokens, 0L))
        .setAttributes(Map.of("run", run))
        .build();
    producer.send(new ProducerRecord<>(Topics.QUESTIONS.name(), item.questionId(), question), (metadata, error) -> {
      if (error != null) ledger.notAcknowledged(askId, error.toString());
    });
  }

  /** Waits until the broker has acknowledged or refused what was asked. */
  void flush() {
    producer.flush();
  }

  /** Drops what is under way to a system that is gone. */
  void abandon() {
    producer.close(Duration.ZERO);
  }

  /**
   * Goes on with a restarted system. What was under way at the kill may or may not be in its log: what is missing there is
   * asked again.
   *
   * @param asked how many questions were handed over before, and when each was due
   * @param from  where the questions of this run start in the log
   * @return how many were asked again
   */
  int resume(Target target, Schedule schedule, int asked, Map<TopicPartition, Long> from) {
    producer = open(target);
    Set<String> there = new TopicReader(target).since(Topics.QUESTIONS, from).stream()
        .map(Question::getAskId).collect(Collectors.toSet());
    ledger.acknowledgedAfterAll();
    int again = 0;
    for (int index = 0; index < asked; index++) {
      if (there.contains(askId(index))) continue;
      ask(index, schedule.due(index));
      again++;
    }
    return again;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(10));
  }

  private static KafkaProducer<String, Question> open(Target target) {
    return new KafkaProducer<>(target.clients().producer(), new StringSerializer(),
        AvroSerdes.of(Topics.QUESTIONS, target.registry()).serializer());
  }
}
