package dev.nescio.producers;

import dev.nescio.producers.Published.Rejection;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends the records of a run to one topic and waits until the broker has acknowledged every one. Thread-safe. */
public final class Publisher<V extends SpecificRecord> implements AutoCloseable {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Producer<String, V> producer;
  private final Topic<V> topic;

  /** Over a producer that this closes. */
  public Publisher(Producer<String, V> producer, Topic<V> topic) {
    this.producer = producer;
    this.topic = topic;
  }

  /**
   * With a producer of its own.
   *
   * @param registry Confluent's keys, at least {@code schema.registry.url}
   */
  public static <V extends SpecificRecord> Publisher<V> open(
      Clients clients, Topic<V> topic, Map<String, ?> registry) {
    return new Publisher<>(new KafkaProducer<>(clients.producer(), new StringSerializer(),
        AvroSerdes.of(topic, registry).serializer()), topic);
  }

  /**
   * Sends each record when it is due. Refused items and records too large for the broker are in the result.
   *
   * @throws PublishException when the broker does not take records, or the thread is interrupted
   */
  Published publish(Stream<Outgoing<V>> items, Pace pace) {
    AtomicLong sent = new AtomicLong();
    AtomicReference<Exception> failure = new AtomicReference<>();
    List<Rejection> rejected = Collections.synchronizedList(new ArrayList<>());
    long start = pace.start();
    long index = 0;
    try (items) {
      for (Outgoing<V> item : (Iterable<Outgoing<V>>) items::iterator) {
        switch (item) {
          case Outgoing.Refused<V>(String name, DeadLetterCause cause, String message) ->
              rejected.add(new Rejection(name, cause, message));
          case Outgoing.Record<V>(String name, String key, V value) -> {
            pace.await(start, index++);
            producer.send(new ProducerRecord<>(topic.name(), key, value), (metadata, error) -> {
              switch (error) {
                case null -> sent.incrementAndGet();
                case RecordTooLargeException e ->
                    rejected.add(new Rejection(name, DeadLetterCause.OVERSIZED, e.getMessage()));
                default -> failure.compareAndSet(null, error);
              }
            });
          }
        }
        if (failure.get() != null) {
          break;
        }
      }
      producer.flush();
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
      throw new PublishException("Interrupted after " + sent + " records to " + topic.name(), e);
    }
    if (failure.get() != null) {
      throw new PublishException("The broker took " + sent + " records to " + topic.name() + " and then failed: "
          + failure.get().getMessage() + ". Check that it runs and that the topic exists (nescio topics apply)",
          failure.get());
    }
    return new Published(topic.name(), sent.get(), rejected);
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
