package dev.nescio.judge;

import dev.nescio.schemas.Answer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** One record of the answers topic on its way. Mutable; the polling thread owns it. */
final class Pending {

  private final ConsumerRecord<byte[], byte[]> record;
  private final Answer answer;
  private final long readAtMillis;
  private ProducerRecord<byte[], byte[]> output;
  private boolean asked;
  private boolean finished;

  /** @param answer null when the record cannot be read */
  Pending(ConsumerRecord<byte[], byte[]> record, Answer answer, long readAtMillis) {
    this.record = record;
    this.answer = answer;
    this.readAtMillis = readAtMillis;
  }

  ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  Answer answer() {
    return answer;
  }

  long readAtMillis() {
    return readAtMillis;
  }

  /** True while nothing was decided about it. */
  boolean open() {
    return !asked && !finished;
  }

  void ask() {
    asked = true;
  }

  /** @param written a label or a dead letter; null when there is nothing to say */
  void finish(ProducerRecord<byte[], byte[]> written) {
    output = written;
    finished = true;
  }

  boolean finished() {
    return finished;
  }

  /** Null when there is nothing to write. */
  ProducerRecord<byte[], byte[]> output() {
    return output;
  }
}
