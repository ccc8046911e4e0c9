package dev.nescio.evaluation;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Turns the bytes of an input record into facts, or says why it cannot. Only what trying again would not help is
 * refused: a registry that does not answer is thrown on, so that nothing is set aside because of it.
 */
final class Intake {

  /** A record of one of the input topics. */
  sealed interface Input {

    record AnswerInput(String questionId, AnswerFacts answer) implements Input {}

    /** @param trusted its principal counts */
    record LabelInput(String questionId, LabelFacts label, boolean trusted) implements Input {}

    /** {@code reference} is null when the compacted topic forgot it. */
    record ReferenceInput(String questionId, ReferenceFacts reference) implements Input {}

    record Refused(DeadLetterCause cause, Exception error) implements Input {}
  }

  private final int partitions;
  private final LabelTrust trust;
  private final Deserializer<Answer> answers;
  private final Deserializer<Label> labels;
  private final Deserializer<Reference> references;

  private Words words = new Words();

  /**
   * @param partitions that the input topics share
   * @param trust      whose labels count
   */
  Intake(int partitions, LabelTrust trust, RegistryClient registry) {
    this.partitions = partitions;
    this.trust = trust;
    this.answers = AvroSerdes.of(Topics.ANSWERS, registry).deserializer();
    this.labels = AvroSerdes.of(Topics.LABELS, registry).deserializer();
    this.references = AvroSerdes.of(Topics.REFERENCES, registry).deserializer();
  }

  /** From now on answers are made compact with the words of a partition. */
  void use(Words partitionWords) {
    words = partitionWords;
  }

  Input read(RecordMetadata from, byte[] keyBytes, byte[] value) {
    if (keyBytes == null) return refused(DeadLetterCause.MISSING_KEY, "a record of " + from.topic() + " has a key");
    String key = new String(keyBytes, StandardCharsets.UTF_8);
    if (Partitioning.expectedPartition(keyBytes, partitions) != from.partition()) {
      return refused(DeadLetterCause.WRONG_PARTITION,
          Partitioning.wrongPartitionMessage(from.topic(), key, from.partition(), partitions));
    }
    boolean reference = from.topic().equals(Topics.REFERENCES.name());
    if (value == null && !reference) {
      return refused(DeadLetterCause.MISSING_VALUE, "a null value means nothing on " + from.topic());
    }
    try {
      if (reference) return reference(key, value);
      return from.topic().equals(Topics.ANSWERS.name()) ? answer(key, value) : label(key, value, from.offset());
    } catch (UndecodableRecordException e) {
      return new Input.Refused(DeadLetterCause.UNDECODABLE, e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      return new Input.Refused(DeadLetterCause.INVALID, e);
    }
  }

  Label label(byte[] wire) {
    return labels.deserialize(Topics.LABELS.name(), wire);
  }

  private Input reference(String key, byte[] value) {
    return new Input.ReferenceInput(key, value == null ? null
        : ReferenceFacts.of(references.deserialize(Topics.REFERENCES.name(), value)));
  }

  private Input answer(String key, byte[] value) {
    AnswerFacts answer = AnswerFacts.of(answers.deserialize(Topics.ANSWERS.name(), value), words);
    requireKey(key, answer.answerId());
    return new Input.AnswerInput(key, answer);
  }

  private Input label(String key, byte[] value, long offset) {
    Label record = label(value);
    LabelFacts label = LabelFacts.of(record, offset, value);
    requireKey(key, label.answerId());
    return new Input.LabelInput(key, label, trust.trusts(record.getSource(), record.getPrincipal()));
  }

  private static void requireKey(String key, String answerId) {
    if (!Ids.questionIdOf(answerId).equals(key)) {
      throw new IllegalArgumentException("answerId " + answerId + " belongs to the item " + Ids.questionIdOf(answerId)
          + ", so the key of its record is that and not " + key);
    }
  }

  private static Input refused(DeadLetterCause cause, String message) {
    return new Input.Refused(cause, new IllegalArgumentException(message));
  }
}
