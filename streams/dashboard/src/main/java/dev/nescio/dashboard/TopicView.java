package dev.nescio.dashboard;

import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.serde.UndecodableRecordException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topics on one thread of its own and keeps the hub up to date.
 *
 * <p>It reads committed records only and belongs to no group, so any number of dashboards see everything. When the
 * broker or the registry is away it says so, tries again, and goes on where it was. A record that cannot be decoded is
 * counted and shown; the stage that works on the topic is the one that dead-letters it.
 */
public final class TopicView implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TopicView.class);
  private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LOOK_AROUND = Duration.ofSeconds(3);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration CLOSING = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private record Reader<V>(Feed<V> feed, Deserializer<V> decoder) {
    static <V> Reader<V> of(Feed<V> feed, RegistryClient registry) {
      return new Reader<>(feed, feed.decoder().apply(registry));
    }

    void take(ConsumerRecord<byte[], byte[]> r) {
      V value = decoder.deserialize(r.topic(), r.value());
      String key = r.key() == null ? "" : new String(r.key(), StandardCharsets.UTF_8);
      feed.fold().accept(new Received<>(key, value, r.headers(), Instant.ofEpochMilli(r.timestamp())));
    }
  }

  private final DashboardConfig config;
  private final List<Section> sections;
  private final Hub hub;
  private final Clock clock;
  private final Map<String, Reader<?>> readers = new HashMap<>();
  private final Assignment assignment;
  private final Map<String, Long> undecodable = new TreeMap<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "dashboard-topics");
  private final long startedAtMicros;
  private volatile Status status;
  private volatile Consumer<byte[], byte[]> consumer;
  private Instant heartbeat = Instant.MIN;
  private List<String> missing = List.of();
  private boolean connected;
  private boolean caughtUp;
  private String problem;
  private long recordsRead;

  /** Reads nothing before {@link #start}. */
  public TopicView(
      DashboardConfig config, List<Section> sections, Hub hub, RegistryClient registry, Clock clock) {
    this.config = config;
    this.sections = List.copyOf(sections);
    this.hub = hub;
    this.clock = clock;
    Map<String, Feed.From> topics = new HashMap<>();
    for (Section section : sections) {
      for (Feed<?> feed : section.feeds()) {
        if (readers.put(feed.topic(), Reader.of(feed, registry)) != null) {
          throw new IllegalArgumentException("two sections read " + feed.topic());
        }
        topics.put(feed.topic(), feed.from());
      }
    }
    Instant now = clock.instant();
    this.assignment = new Assignment(topics, now.minus(config.tail()), BROKER_TIMEOUT);
    this.startedAtMicros = Times.micros(now);
    this.problem = "connecting to the broker at " + config.clients().bootstrapServers();
    this.status = snapshot(true, 0);
    thread.setDaemon(true);
  }

  /** Begins to read. */
  public void start() {
    hub.put("status", "", status);
    thread.start();
  }

  /** How well it sees, now. */
  public Status status() {
    return status;
  }

  /** Stops reading; returns when the thread is done, or after five seconds. */
  @Override
  public void close() {
    stopping.countDown();
    Consumer<byte[], byte[]> reading = consumer;
    if (reading != null) reading.wakeup();
    try {
      thread.join(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean goOn = true;
    while (goOn) {
      goOn = readUntilTrouble();
    }
  }

  /** Reads with one consumer; returns whether to try again with another. */
  private boolean readUntilTrouble() {
    try (Consumer<byte[], byte[]> reading =
        new KafkaConsumer<>(
            config.clients().reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer = reading;
      read(reading);
      return false;
    } catch (WakeupException e) {
      return !stopped();
    } catch (KafkaException | RegistryException e) {
      LOG.warn("The dashboard cannot read the topics, trying again: {}", e.toString());
      connected = !(e instanceof TimeoutException);
      problem = e.getMessage();
      show(true, status.recordsBehind());
      beat();
      return !pause();
    } catch (RuntimeException e) {
      LOG.error("The dashboard stopped reading", e);
      problem = "stopped reading: " + e;
      show(false, status.recordsBehind());
      return false;
    } finally {
      consumer = null;
    }
  }

  private void read(Consumer<byte[], byte[]> reading) {
    Instant lookAround = Instant.MIN;
    Instant shown = Instant.MIN;
    while (!stopped()) {
      if (isDue(lookAround, LOOK_AROUND)) {
        missing = assignment.refresh(reading);
        connected = true;
        problem = null;
        lookAround = clock.instant();
      }
      // Without an assignment poll would refuse.
      if (reading.assignment().isEmpty()) {
        if (pause()) return;
      } else {
        take(reading.poll(config.refresh()));
      }
      if (isDue(shown, config.refresh())) {
        caughtUp = caughtUp || (!reading.assignment().isEmpty() && assignment.caughtUp(reading));
        sections.forEach(section -> section.publish(hub));
        show(true, assignment.behind(reading));
        shown = clock.instant();
      }
      beat();
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      try {
        readers.get(record.topic()).take(record);
      } catch (UndecodableRecordException e) {
        undecodable.merge(record.topic(), 1L, Long::sum);
        LOG.warn("{}-{}@{}: {}", record.topic(), record.partition(), record.offset(), e.getMessage());
      }
      recordsRead++;
      assignment.handled(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
    }
  }

  /** Tells the listeners that this side lives, also while the broker is away. */
  private void beat() {
    if (!isDue(heartbeat, HEARTBEAT)) return;
    heartbeat = clock.instant();
    hub.tell("heartbeat", "", Times.micros(heartbeat));
  }

  private boolean isDue(Instant last, Duration every) {
    return last.equals(Instant.MIN) || !clock.instant().isBefore(last.plus(every));
  }

  private void show(boolean reading, long behind) {
    status = snapshot(reading, behind);
    hub.put("status", "", status);
  }

  private Status snapshot(boolean reading, long behind) {
    return new Status(
        reading,
        connected,
        caughtUp,
        problem,
        missing,
        new TreeMap<>(undecodable),
        recordsRead,
        behind,
        startedAtMicros);
  }

  private boolean stopped() {
    return stopping.getCount() == 0;
  }

  /** Waits a moment; returns true when it is time to stop. */
  private boolean pause() {
    try {
      return stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
