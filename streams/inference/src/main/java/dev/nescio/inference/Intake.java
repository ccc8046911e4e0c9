package dev.nescio.inference;

import dev.nescio.schemas.Question;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;

/** Decides whether a record is a question that can be answered. Thread-safe when the deserializer is. */
final class Intake {

  private static final String STAGE = "inference";
  private static final Set<String> CHANNELS = Set.of(ReleaseBook.CHAMPION, ReleaseBook.SHADOW);
  private static final int MAX_TOKENS = 512;
  private static final int MAX_KEY_BYTES = 1_024;

  /** What the headers of a dead letter may add to its original. */
  private static final int HEADER_ROOM = 64 * 1_024;

  private final Deserializer<Question> deserializer;
  private final int maxBytes;

  /** A question, or why there is none. */
  sealed interface Admission {
    record Admitted(String questionId, Question question) implements Admission {}

    record Refused(Output.Refused output) implements Admission {}
  }

  /** What is wrong with a record, for its dead letter. */
  static final class RefusedQuestionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedQuestionException(String message) {
      super(message);
    }
  }

  /**
   * @param maxBytes largest value in bytes; larger ones are not even decoded
   */
  Intake(Deserializer<Question> deserializer, int maxBytes) {
    this.deserializer = deserializer;
    this.maxBytes = maxBytes;
  }

  /**
   * @param partitions of the topic
   * @throws RegistryUnavailableException when the schema cannot be looked up now; the record should be read again
   */
  Admission admit(ConsumerRecord<byte[], byte[]> record, int partitions) {
    if (record.key() == null || record.key().length == 0) {
      return refused(record, DeadLetterCause.MISSING_KEY, "the record has no key; its key is the questionId");
    }
    if (record.value() == null) return refused(record, DeadLetterCause.MISSING_VALUE, "the record has no value");
    if (record.value().length > maxBytes) {
      return refused(
          record, DeadLetterCause.OVERSIZED,
          "the question has " + record.value().length + " bytes; max.question.bytes is " + maxBytes);
    }
    if (record.key().length > MAX_KEY_BYTES) {
      return refused(
          record, DeadLetterCause.OVERSIZED,
          "the questionId has " + record.key().length + " bytes; at most " + MAX_KEY_BYTES + " are taken");
    }
    String questionId = new String(record.key(), StandardCharsets.UTF_8);
    if (Partitioning.expectedPartition(record.key(), partitions) != record.partition()) {
      return refused(
          record, DeadLetterCause.WRONG_PARTITION,
          Partitioning.wrongPartitionMessage(record.topic(), questionId, record.partition(), partitions));
    }
    Question question;
    try {
      question = deserializer.deserialize(record.topic(), record.value());
    } catch (UndecodableRecordException e) {
      return refused(record, DeadLetterCause.UNDECODABLE, e);
    }
    return fault(question)
        .map(fault -> refused(record, DeadLetterCause.INVALID, fault))
        .orElseGet(() -> new Admission.Admitted(questionId, question));
  }

  private static Optional<String> fault(Question question) {
    if (question.getText().isBlank()) return Optional.of("text is empty");
    if (question.getAskId().isBlank()) return Optional.of("askId is empty");
    int maxTokens = question.getOptions().getMaxTokens();
    if (maxTokens < 1 || maxTokens > MAX_TOKENS) {
      return Optional.of("options.maxTokens is " + maxTokens + "; it is between 1 and " + MAX_TOKENS);
    }
    String channel = question.getOptions().getChannel();
    return CHANNELS.contains(channel)
        ? Optional.empty()
        : Optional.of("options.channel is \"" + channel + "\"; it is champion or shadow");
  }

  private static Admission refused(ConsumerRecord<byte[], byte[]> record, DeadLetterCause cause, String message) {
    return refused(record, cause, new RefusedQuestionException(message));
  }

  private static Admission refused(ConsumerRecord<byte[], byte[]> record, DeadLetterCause cause, Exception error) {
    ProducerRecord<byte[], byte[]> letter = DeadLetters.record(STAGE, cause, record, error);
    if (bytes(record) > TopicSpec.MAX_MESSAGE_BYTES - HEADER_ROOM) letter = withoutContent(cause, record, error);
    return new Admission.Refused(new Output.Refused(cause, letter));
  }

  /** A record near the broker's limit cannot be copied with more headers; its place in the log is named instead. */
  private static ProducerRecord<byte[], byte[]> withoutContent(
      DeadLetterCause cause, ConsumerRecord<byte[], byte[]> record, Exception error) {
    RefusedQuestionException where =
        new RefusedQuestionException(
            error.getMessage() + "; its " + bytes(record) + " bytes are too many for a dead letter and stay at "
                + record.topic() + "-" + record.partition() + " offset " + record.offset());
    return DeadLetters.record(
        STAGE, cause, record.topic(), record.partition(), record.offset(), null, null, List.of(), where);
  }

  private static long bytes(ConsumerRecord<byte[], byte[]> record) {
    long bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    for (Header header : record.headers()) {
      bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
    }
    return bytes;
  }
}
