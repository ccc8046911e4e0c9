package dev.nescio.trainer.service;

import dev.nescio.schemas.topics.Clients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what a request led to, and the request's offset, in one transaction of one fixed {@code transactional.id}. Of
 * two ledgers with that id only the one opened last can write. Not thread-safe.
 */
final class ResultLedger implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ResultLedger.class);
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private final Clients clients;
  private final String transactionalId;
  private KafkaProducer<byte[], byte[]> producer;

  ResultLedger(Clients clients, String transactionalId) {
    this.clients = clients;
    this.transactionalId = transactionalId;
  }

  /** What became of a transaction. */
  enum Outcome {
    COMMITTED,
    /** Unknown or aborted: open again, see whether the offset is there, and else write once more. */
    IN_DOUBT,
    /** Another holder works; nothing was written. */
    FENCED
  }

  /**
   * Fences older holders of the id and waits for, or ends, a transaction that one of them left behind.
   *
   * @throws org.apache.kafka.common.errors.TimeoutException when the broker does not answer; nothing is open then
   */
  void open() {
    close();
    KafkaProducer<byte[], byte[]> opened =
        new KafkaProducer<>(
            clients.transactionalProducer(transactionalId), new ByteArraySerializer(), new ByteArraySerializer());
    try {
      opened.initTransactions();
    } catch (RuntimeException e) {
      opened.close(Duration.ZERO);
      throw e;
    }
    producer = opened;
  }

  boolean isOpen() {
    return producer != null;
  }

  /**
   * All or nothing. After anything but {@code COMMITTED} the ledger is closed, since a producer whose commit went wrong
   * must not be used again.
   *
   * @throws KafkaException when the records themselves cannot be written, for example as too large; nothing was
   */
  Outcome write(
      List<ProducerRecord<byte[], byte[]>> records, ConsumerRecord<?, ?> request, ConsumerGroupMetadata group) {
    try {
      producer.beginTransaction();
      records.forEach(producer::send);
      producer.sendOffsetsToTransaction(
          Map.of(new TopicPartition(request.topic(), request.partition()), new OffsetAndMetadata(request.offset() + 1)),
          group);
      producer.commitTransaction();
      return Outcome.COMMITTED;
    } catch (KafkaException e) {
      discard();
      if (causedBy(
          e, ProducerFencedException.class, InvalidProducerEpochException.class, FencedInstanceIdException.class,
          CommitFailedException.class)) {
        log.warn("another trainer took over: {}", e.getMessage());
        return Outcome.FENCED;
      }
      if (causedBy(e, RetriableException.class, TransactionAbortableException.class)) {
        log.warn("it is not known whether the transaction was committed", e);
        return Outcome.IN_DOUBT;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (producer == null) return;
    producer.close(CLOSE);
    producer = null;
  }

  /** Without waiting for what is in flight. */
  private void discard() {
    producer.close(Duration.ZERO);
    producer = null;
  }

  @SafeVarargs
  private static boolean causedBy(Throwable thrown, Class<? extends Throwable>... types) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      for (Class<? extends Throwable> type : types) if (type.isInstance(t)) return true;
    }
    return false;
  }
}
