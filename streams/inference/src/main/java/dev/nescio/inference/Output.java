package dev.nescio.inference;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.topics.DeadLetterCause;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What one question came to; exactly one for each, and committed together with its offset. */
sealed interface Output {

  /**
   * @param questionId key of both records
   * @param evidence   empty when nothing was generated
   */
  record Answered(String questionId, Answer answer, Optional<Evidence> evidence) implements Output {}

  /**
   * @param cause  why
   * @param record ready for the dead-letter topic
   */
  record Refused(DeadLetterCause cause, ProducerRecord<byte[], byte[]> record) implements Output {}
}
