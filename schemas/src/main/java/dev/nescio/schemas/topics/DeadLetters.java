package dev.nescio.schemas.topics;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Makes dead letters: the original key, value and headers, plus the headers of KIP-1034 (values are UTF-8 text) and
 * two of ours, which say who set it aside and why.
 */
public final class DeadLetters {

  /** Class of the exception, as Kafka Streams writes it. */
  public static final String EXCEPTION = "__streams.errors.exception";
  /** Its stack trace, cut at {@link #MAX_STACKTRACE_CHARS}. */
  public static final String STACKTRACE = "__streams.errors.stacktrace";
  /** Its message. */
  public static final String MESSAGE = "__streams.errors.message";
  /** Topic the record came from. */
  public static final String TOPIC = "__streams.errors.topic";
  /** Partition it came from, decimal. */
  public static final String PARTITION = "__streams.errors.partition";
  /** Its offset, decimal. */
  public static final String OFFSET = "__streams.errors.offset";
  /** Stage that set it aside: inference, evaluation, trainer, ... */
  public static final String STAGE = "nescio.stage";
  /** A {@link DeadLetterCause} by its wire name. */
  public static final String CAUSE = "nescio.cause";
  /** Longest stack trace kept, so that headers never push a record over the size limit. */
  public static final int MAX_STACKTRACE_CHARS = 16_384;

  private static final int MAX_MESSAGE_CHARS = 4_096;

  private DeadLetters() {}

  /** A dead letter of a consumed record. */
  public static ProducerRecord<byte[], byte[]> record(
      String stage, DeadLetterCause cause, ConsumerRecord<byte[], byte[]> original, Throwable error) {
    return record(stage, cause, original.topic(), original.partition(), original.offset(), original.key(),
        original.value(), original.headers(), error);
  }

  /** A dead letter from the parts of a record, for where there is no consumer record. */
  public static ProducerRecord<byte[], byte[]> record(
      String stage, DeadLetterCause cause, String topic, int partition, long offset, byte[] key, byte[] value,
      Iterable<Header> originalHeaders, Throwable error) {
    Headers headers = new RecordHeaders();
    for (Header header : originalHeaders) {
      if (!header.key().startsWith("__streams.errors.") && !header.key().startsWith("nescio.")) {
        headers.add(header);
      }
    }
    put(headers, EXCEPTION, error.getClass().getName());
    put(headers, MESSAGE, cut(error.getMessage() == null ? error.toString() : error.getMessage(), MAX_MESSAGE_CHARS));
    put(headers, STACKTRACE, cut(stackTrace(error), MAX_STACKTRACE_CHARS));
    put(headers, TOPIC, topic);
    put(headers, PARTITION, Integer.toString(partition));
    put(headers, OFFSET, Long.toString(offset));
    put(headers, STAGE, stage);
    put(headers, CAUSE, cause.wireName());
    return new ProducerRecord<>(Topics.DEAD_LETTERS.name(), null, key, value, headers);
  }

  private static void put(Headers headers, String name, String text) {
    headers.add(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String cut(String text, int chars) {
    return text.length() <= chars ? text : text.substring(0, chars - 1) + '…';
  }

  private static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
