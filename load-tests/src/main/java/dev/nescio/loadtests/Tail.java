package dev.nescio.loadtests;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads committed answers and dead letters as they come, into the ledger, on a thread of its own. Each record is read once:
 * a tail over a restarted system goes on where the one before it has stopped.
 */
final class Tail implements AutoCloseable {

  static final List<String> TOPICS = List.of(Topics.ANSWERS.name(), Topics.DEAD_LETTERS.name());

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

  private final Ledger ledger;
  private final LongSupplier nanoClock;
  private final Map<TopicPartition, Long> positions;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Deserializer<Answer> answers;
  private final Deserializer<Question> questions;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

  /** @param from first offsets to read */
  Tail(Target target, Ledger ledger, LongSupplier nanoClock, Map<TopicPartition, Long> from) {
    this.ledger = ledger;
    this.nanoClock = nanoClock;
    this.positions = new HashMap<>(from);
    this.answers = AvroSerdes.of(Topics.ANSWERS, target.registry()).deserializer();
    this.questions = AvroSerdes.of(Topics.QUESTIONS, target.registry()).deserializer();
    this.consumer =
        new KafkaConsumer<>(target.clients().reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(positions.keySet());
    positions.forEach(consumer::seek);
    Thread.ofPlatform().name("tail").daemon().start(this::run);
  }

  /** @throws RuntimeException what has ended the reading */
  void requireWell() {
    RuntimeException e = failure.get();
    if (e != null) throw e;
  }

  /** Stops, and returns the offsets that come next. */
  Map<TopicPartition, Long> stop() {
    consumer.wakeup();
    try {
      if (!ended.await(CLOSE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new LoadTestException("the reading of answers did not stop within " + CLOSE_PATIENCE.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadTestException("interrupted while the reading of answers stopped", e);
    }
    requireWell();
    return Map.copyOf(positions);
  }

  @Override
  public void close() {
    consumer.wakeup();
  }

  private void run() {
    try (consumer; answers; questions) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          take(record, nanoClock.getAsLong());
          positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
        }
      }
    } catch (WakeupException e) {
      // This is how stop and close end the loop.
      Thread.currentThread().setName("tail, stopped");
    } catch (RuntimeException e) {
      failure.set(e);
    } finally {
      ended.countDown();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, long receivedAt) {
    if (record.topic().equals(Topics.ANSWERS.name())) {
      Answer answer = answers.deserialize(record.topic(), record.value());
      ledger.answered(answer.getAskId(), answer.getDecision(), receivedAt, answer.getLatencyMicros());
      return;
    }
    Header origin = record.headers().lastHeader(DeadLetters.TOPIC);
    if (origin == null || !new String(origin.value(), StandardCharsets.UTF_8).equals(Topics.QUESTIONS.name())) {
      ledger.deadLetteredUnknown();
      return;
    }
    try {
      ledger.deadLettered(questions.deserialize(Topics.QUESTIONS.name(), record.value()).getAskId());
    } catch (UndecodableRecordException e) {
      ledger.deadLetteredUnknown();
    }
  }
}
