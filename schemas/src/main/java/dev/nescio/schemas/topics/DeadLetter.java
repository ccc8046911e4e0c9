package dev.nescio.schemas.topics;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record of the dead-letter topic, read back.
 *
 * @param stage     who set it aside; empty when Kafka Streams' own handler did
 * @param cause     why; empty when Kafka Streams' own handler did, or the name is not known here
 * @param topic     where it came from
 * @param partition where it came from
 * @param offset    where it came from
 * @param exception what was thrown
 * @param message   its message
 * @param record    the dead letter itself
 */
public record DeadLetter(
    Optional<String> stage, Optional<DeadLetterCause> cause, Optional<String> topic, Optional<Integer> partition,
    Optional<Long> offset, Optional<String> exception, Optional<String> message,
    ConsumerRecord<byte[], byte[]> record) {

  /** Reads the headers; what is absent or malformed is empty. */
  public static DeadLetter of(ConsumerRecord<byte[], byte[]> record) {
    return new DeadLetter(
        text(record, DeadLetters.STAGE),
        text(record, DeadLetters.CAUSE).flatMap(DeadLetter::knownCause),
        text(record, DeadLetters.TOPIC),
        number(record, DeadLetters.PARTITION).map(Long::intValue),
        number(record, DeadLetters.OFFSET),
        text(record, DeadLetters.EXCEPTION),
        text(record, DeadLetters.MESSAGE),
        record);
  }

  /** The original, to be sent once more; the partition is chosen anew from the key. Empty without a topic. */
  public Optional<ProducerRecord<byte[], byte[]>> replay() {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (!header.key().startsWith("__streams.errors.") && !header.key().startsWith("nescio.")) {
        headers.add(header);
      }
    }
    return topic.map(name -> new ProducerRecord<>(name, null, record.key(), record.value(), headers));
  }

  private static Optional<DeadLetterCause> knownCause(String wireName) {
    return Arrays.stream(DeadLetterCause.values()).filter(c -> c.wireName().equals(wireName)).findFirst();
  }

  private static Optional<String> text(ConsumerRecord<byte[], byte[]> record, String header) {
    return Optional.ofNullable(record.headers().lastHeader(header))
        .map(Header::value).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private static Optional<Long> number(ConsumerRecord<byte[], byte[]> record, String header) {
    return text(record, header).filter(t -> t.matches("\\d{1,18}")).map(Long::parseLong);
  }
}
