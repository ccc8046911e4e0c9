package dev.nescio.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLettersTest {

  private final ConsumerRecord<byte[], byte[]> original =
      new ConsumerRecord<>("qa.questions.v1", 3, 42, bytes("k"), bytes("v"));

  @Test
  void keepsTheRecordAndSaysWhereWhoAndWhy() {
    original.headers().add("traceparent", bytes("00-1"));
    ProducerRecord<byte[], byte[]> letter = DeadLetters.record("inference", DeadLetterCause.OVERSIZED, original,
        new IllegalArgumentException("too long"));

    assertThat(letter.topic()).isEqualTo("qa.dlq.v1");
    assertThat(letter.key()).isEqualTo(bytes("k"));
    assertThat(letter.value()).isEqualTo(bytes("v"));
    assertThat(header(letter, "traceparent")).isEqualTo("00-1");
    assertThat(header(letter, "__streams.errors.exception"))
        .isEqualTo("java.lang.IllegalArgumentException");
    assertThat(header(letter, "__streams.errors.message")).isEqualTo("too long");
    assertThat(header(letter, "__streams.errors.stacktrace")).contains("keepsTheRecordAndSaysWhereWhoAndWhy");
    assertThat(header(letter, "__streams.errors.topic")).isEqualTo("qa.questions.v1");
    assertThat(header(letter, "__streams.errors.partition")).isEqualTo("3");
    assertThat(header(letter, "__streams.errors.offset")).isEqualTo("42");
    assertThat(header(letter, "nescio.stage")).isEqualTo("inference");
    assertThat(header(letter, "nescio.cause")).isEqualTo("oversized");
  }

  @Test
  void isReadBackAndReplayed() {
    original.headers().add("traceparent", bytes("00-1"));
    ProducerRecord<byte[], byte[]> letter =
        DeadLetters.record("inference", DeadLetterCause.WRONG_PARTITION, original, new IllegalStateException());
    DeadLetter read = DeadLetter.of(consumed(letter));

    assertThat(read.cause()).contains(DeadLetterCause.WRONG_PARTITION);
    assertThat(read.offset()).contains(42L);
    assertThat(read.message()).contains("java.lang.IllegalStateException");
    ProducerRecord<byte[], byte[]> again = read.replay().orElseThrow();
    assertThat(again.topic()).isEqualTo("qa.questions.v1");
    assertThat(again.partition()).isNull();
    assertThat(again.headers()).extracting(h -> h.key()).containsExactly("traceparent");
  }

  @Test
  void readsALetterWithoutOurHeaders() {
    DeadLetter read = DeadLetter.of(original);

    assertThat(read.stage()).isEmpty();
    assertThat(read.cause()).isEmpty();
    assertThat(read.replay()).isEmpty();
  }

  @Test
  void longMessagesAreCut() {
    ProducerRecord<byte[], byte[]> letter = DeadLetters.record("inference", DeadLetterCause.INVALID, original,
        new IllegalStateException("x".repeat(100_000)));

    assertThat(header(letter, DeadLetters.MESSAGE)).hasSize(4096).endsWith("…");
    assertThat(header(letter, DeadLetters.STACKTRACE)).hasSize(DeadLetters.MAX_STACKTRACE_CHARS);
  }

  @ParameterizedTest
  @EnumSource
  void causesHaveOneSpelling(DeadLetterCause cause) {
    assertThat(cause.wireName()).matches("[a-z-]+");
    assertThat(DeadLetterCause.ofWireName(cause.wireName())).isEqualTo(cause);
  }

  private static ConsumerRecord<byte[], byte[]> consumed(ProducerRecord<byte[], byte[]> sent) {
    return new ConsumerRecord<>(sent.topic(), 0, 0, 0, TimestampType.CREATE_TIME, 0, 0, sent.key(), sent.value(),
        new RecordHeaders(sent.headers()), Optional.empty());
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
