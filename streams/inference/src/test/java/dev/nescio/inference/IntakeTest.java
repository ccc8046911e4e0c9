package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.inference.Intake.Admission;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Partitioning;
import dev.nescio.schemas.topics.TopicSpec;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class IntakeTest {

  private static final int PARTITIONS = 4;

  private final Intake intake = new Intake((topic, bytes) -> Records.question("q", "a"), 1_000);

  @Test
  void admitsAQuestionOnItsPartition() {
    assertThat(intake.admit(record("key".getBytes(StandardCharsets.UTF_8), 10), PARTITIONS))
        .isInstanceOfSatisfying(Admission.Admitted.class, a -> assertThat(a.questionId()).isEqualTo("key"));
  }

  @Test
  void keepsTheOriginalOfAnOversizedQuestion() {
    ProducerRecord<byte[], byte[]> letter = refused(record("key".getBytes(StandardCharsets.UTF_8), 1_001));
    assertThat(letter.value()).hasSize(1_001);
  }

  @Test
  void namesThePlaceOfAnOriginalThatIsTooLargeToCopy() {
    ProducerRecord<byte[], byte[]> letter =
        refused(record("key".getBytes(StandardCharsets.UTF_8), TopicSpec.MAX_MESSAGE_BYTES - 100));
    assertThat(letter.value()).isNull();
    assertThat(header(letter, DeadLetters.MESSAGE)).contains("stay at t-", "offset 7");
    assertThat(header(letter, DeadLetters.OFFSET)).isEqualTo("7");
  }

  @Test
  void refusesAnEndlessKey() {
    ProducerRecord<byte[], byte[]> letter = refused(record(new byte[1_025], 10));
    assertThat(header(letter, DeadLetters.CAUSE)).isEqualTo(DeadLetterCause.OVERSIZED.wireName());
  }

  private ProducerRecord<byte[], byte[]> refused(ConsumerRecord<byte[], byte[]> record) {
    Admission admission = intake.admit(record, PARTITIONS);
    assertThat(admission).isInstanceOf(Admission.Refused.class);
    return ((Admission.Refused) admission).output().record();
  }

  private static ConsumerRecord<byte[], byte[]> record(byte[] key, int valueBytes) {
    int partition = Partitioning.expectedPartition(key, PARTITIONS);
    return new ConsumerRecord<>("t", partition, 7, 0, TimestampType.CREATE_TIME,
        key.length, valueBytes, key, new byte[valueBytes],
        new RecordHeaders(), Optional.empty());
  }

  private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
