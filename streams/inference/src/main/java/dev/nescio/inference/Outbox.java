package dev.nescio.inference;

import dev.nescio.inference.PartitionProgress.Prefix;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes finished work and the offsets of its questions in one transaction each. The transaction is opened when
 * everything in it is ready, so it lasts as long as the writing, never as long as a generation. Not thread-safe.
 */
final class Outbox implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /** A second fencing this soon after another is somebody else who uses the name, not a long pause of ours. */
  private static final Duration FENCED_AGAIN = Duration.ofMinutes(1);

  private final Supplier<Producer<byte[], byte[]>> producers;
  private final Serializer<Answer> answers;
  private final Serializer<Evidence> evidence;
  private final String transactionalId;
  private Producer<byte[], byte[]> producer;
  private long fencedNanos;
  private boolean fenced;

  /** What became of a transaction. */
  enum Outcome {
    COMMITTED,
    /** Nothing of it is visible; the same work can be written again. */
    ABORTED,
    /** It may be visible; the committed offsets tell, once {@link #open} has succeeded. */
    UNCLEAR
  }

  /**
   * @param producers       makes a transactional producer
   * @param transactionalId its id, for messages
   */
  Outbox(
      Supplier<Producer<byte[], byte[]>> producers, Serializer<Answer> answers, Serializer<Evidence> evidence,
      String transactionalId) {
    this.producers = producers;
    this.answers = answers;
    this.evidence = evidence;
    this.transactionalId = transactionalId;
  }

  /**
   * Makes sure that there is a producer and that no transaction of an earlier one is open.
   *
   * @return false when the broker does not answer now
   */
  boolean open() {
    if (producer != null) return true;
    Producer<byte[], byte[]> next = producers.get();
    try {
      next.initTransactions();
      producer = next;
      return true;
    } catch (KafkaException e) {
      log.warn("cannot start transactions as {} now", transactionalId, e);
      next.close(Duration.ZERO);
      return false;
    }
  }

  /**
   * Writes the results and commits the offsets.
   *
   * @param group of the consumer that read the questions, so that an earlier holder of a partition is refused
   * @throws InstanceNameTakenException if another instance keeps taking this one's name
   */
  Outcome commit(Map<TopicPartition, Prefix<Output>> finished, ConsumerGroupMetadata group) {
    List<ProducerRecord<byte[], byte[]>> records;
    try {
      records = records(finished);
    } catch (RegistryException e) {
      log.warn("answers wait until the schema registry answers", e);
      return Outcome.ABORTED;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    finished.forEach((partition, prefix) -> offsets.put(partition, new OffsetAndMetadata(prefix.nextOffset())));
    boolean decided = false;
    try {
      producer.beginTransaction();
      for (ProducerRecord<byte[], byte[]> record : records) producer.send(record);
      producer.sendOffsetsToTransaction(offsets, group);
      decided = true;
      producer.commitTransaction();
      return Outcome.COMMITTED;
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      renewAfterFencing(e);
      return Outcome.UNCLEAR;
    } catch (KafkaException e) {
      log.warn("a transaction of {} records did not end well", records.size(), e);
      // Once the commit was asked for, only the log knows; a fresh producer settles it.
      return !decided && abort() ? Outcome.ABORTED : discard();
    }
  }

  private boolean abort() {
    try {
      producer.abortTransaction();
      return true;
    } catch (KafkaException e) {
      log.warn("the transaction could not be aborted; a fresh producer will", e);
      return false;
    }
  }

  private Outcome discard() {
    producer.close(Duration.ZERO);
    producer = null;
    return Outcome.UNCLEAR;
  }

  private void renewAfterFencing(KafkaException e) {
    long now = System.nanoTime();
    discard();
    if (fenced && now - fencedNanos < FENCED_AGAIN.toNanos()) {
      throw new InstanceNameTakenException(transactionalId, e);
    }
    log.warn("{} was fenced, after a long pause or by another instance of this name", transactionalId, e);
    fenced = true;
    fencedNanos = now;
  }

  private List<ProducerRecord<byte[], byte[]>> records(Map<TopicPartition, Prefix<Output>> finished) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (Prefix<Output> prefix : finished.values()) {
      for (Output output : prefix.results()) {
        switch (output) {
          case Output.Refused refused -> records.add(refused.record());
          case Output.Answered answered -> add(records, answered);
        }
      }
    }
    return records;
  }

  private void add(List<ProducerRecord<byte[], byte[]>> records, Output.Answered answered) {
    byte[] key = answered.questionId().getBytes(StandardCharsets.UTF_8);
    long time = answered.answer().getAnsweredAt().toEpochMilli();
    String topic = Topics.ANSWERS.name();
    records.add(new ProducerRecord<>(topic, null, time, key, answers.serialize(topic, answered.answer())));
    answered
        .evidence()
        .ifPresent(
            e -> {
              String name = Topics.EVIDENCE.name();
              records.add(new ProducerRecord<>(name, null, time, key, evidence.serialize(name, e)));
            });
  }

  @Override
  public void close() {
    if (producer != null) producer.close(Duration.ofSeconds(1));
    producer = null;
  }
}
