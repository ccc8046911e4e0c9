package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Target;
import dev.nescio.loadtests.kill.Traffic.Event;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;

/** Sends the records of runs at an even rate, each once, however long a broker is away. */
final class Sender implements AutoCloseable {

  /** Longer than any outage of a run: what is not acknowledged by then is reported. */
  private static final Duration DELIVERY_PATIENCE = Duration.ofMinutes(5);

  private final Target target;
  private final Ledger ledger;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Serde<SpecificRecord>> serdes = new HashMap<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  Sender(Target target, Ledger ledger) {
    this.target = target;
    this.ledger = ledger;
    Map<String, Object> settings = new HashMap<>(target.clients().producer());
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(DELIVERY_PATIENCE.toMillis()));
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_PATIENCE.toMillis());
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A run under way. */
  final class Sending {
    private final List<Event> events;
    private final AtomicInteger sent = new AtomicInteger();
    private final CountDownLatch done = new CountDownLatch(1);

    private Sending(List<Event> events) {
      this.events = events;
    }

    /** Share of the records that were handed over. */
    double share() {
      return events.isEmpty() ? 1 : sent.get() / (double) events.size();
    }

    /**
     * Waits until the brokers have acknowledged everything.
     *
     * @throws LoadTestException when they have not
     */
    void finish() throws InterruptedException {
      done.await();
      producer.flush();
      Exception e = failure.get();
      if (e != null) throw new LoadTestException("a record was not acknowledged: " + e.getMessage(), e);
    }

    private void run(double rate) {
      try {
        long start = System.nanoTime();
        for (Event event : events) {
          long due = start + (long) (sent.get() * 1e9 / rate);
          for (long left; (left = due - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
          send(event);
          sent.incrementAndGet();
        }
      } catch (RuntimeException e) {
        failure.compareAndSet(null, e);
      } finally {
        done.countDown();
      }
    }
  }

  /** Starts sending on a thread of its own. */
  Sending start(List<Event> events, double recordsPerSecond) {
    Sending sending = new Sending(events);
    Thread.ofPlatform().daemon().name("sender").start(() -> sending.run(recordsPerSecond));
    return sending;
  }

  private void send(Event event) {
    ledger.enter(event);
    byte[] value = event.record() == null ? event.garbage() : bytes(event);
    producer.send(
        new ProducerRecord<>(event.topic().name(), event.key().getBytes(StandardCharsets.UTF_8), value),
        (metadata, e) -> {
          if (e != null) failure.compareAndSet(null, e);
        });
  }

  private byte[] bytes(Event event) {
    return serdes.computeIfAbsent(event.topic().name(), name -> serde(event.topic())).serializer()
        .serialize(event.topic().name(), event.record());
  }

  @SuppressWarnings("unchecked")
  private Serde<SpecificRecord> serde(Topic<?> topic) {
    return (Serde<SpecificRecord>) (Serde<?>) AvroSerdes.of(topic, target.registry());
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    serdes.values().forEach(Serde::close);
  }
}
