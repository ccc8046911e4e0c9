package dev.nescio.inference;

import dev.nescio.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the control topics from their beginning, folds them and keeps what is in force up to date. One thread runs it;
 * {@link #current} may be read by all. A record that cannot be applied is counted and changes nothing.
 */
final class ControlTopics implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(ControlTopics.class);
  private static final Duration POLL = Duration.ofMillis(50);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ControlFold fold;
  private final Consumer<ReleaseBook> releases;
  private final Figures figures;
  private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private volatile Control current;
  private volatile boolean stopping;

  /** Somebody who waits until the topics were read up to these offsets. */
  private record Waiting(Map<TopicPartition, Long> ends, CompletableFuture<Void> reached) {}

  /**
   * @param consumer without a group, committed records only; closed by {@link #run}
   * @param start    what is in force before the first record
   * @param releases told on the reading thread which releases are in force now, before {@link #current} shows it
   */
  ControlTopics(
      KafkaConsumer<byte[], byte[]> consumer, ControlFold fold, Control start,
      Consumer<ReleaseBook> releases, Figures figures) {
    this.consumer = consumer;
    this.fold = fold;
    this.current = start;
    this.releases = releases;
    this.figures = figures;
  }

  /** What is in force now. */
  Control current() {
    return current;
  }

  /** Completes when everything that stands on the topics now is in force, releases loaded. */
  CompletableFuture<Void> caughtUp() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    asked.add(reached);
    return reached;
  }

  /** The reading thread ends soon; who waits is told. */
  void stop() {
    stopping = true;
    consumer.wakeup();
  }

  @Override
  public void run() {
    try (consumer) {
      assign();
      while (!stopping) turn();
    } catch (WakeupException e) {
      if (!stopping) throw e;
    } finally {
      waiting.forEach(w -> w.reached().cancel(false));
      for (CompletableFuture<Void> reached; (reached = asked.poll()) != null; ) reached.cancel(false);
    }
  }

  private void assign() {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : ControlFold.TOPICS) {
      List<PartitionInfo> infos = persistently("partitions of " + topic, c -> c.partitionsFor(topic));
      for (PartitionInfo info : infos) partitions.add(new TopicPartition(topic, info.partition()));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  private void turn() {
    for (CompletableFuture<Void> reached; !stopping && (reached = asked.poll()) != null; ) {
      waiting.add(new Waiting(persistently("ends of control topics", c -> c.endOffsets(c.assignment())), reached));
    }
    Control before = current;
    Control after = before;
    ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
    for (TopicPartition partition : records.partitions()) {
      for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
        try {
          after = fold.apply(after, record);
        } catch (RegistryUnavailableException e) {
          log.warn("{}: read again as soon as the registry answers", partition, e);
          consumer.seek(partition, record.offset());
          break;
        } catch (RuntimeException e) {
          figures.add(Figures.series("inference_control_errors_total", "topic", record.topic()), 1);
          log.error("{} offset {} changes nothing: {}", partition, record.offset(), e.getMessage(), e);
        }
      }
    }
    if (after.releases() != before.releases()) releases.accept(after.releases());
    current = after;
    waiting.removeIf(this::reached);
  }

  private boolean reached(Waiting w) {
    boolean reached = w.ends().entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
    return reached && w.reached().complete(null);
  }

  /** Until the broker answers or the application stops. */
  private <T> T persistently(String what, Function<KafkaConsumer<byte[], byte[]>, T> question) {
    while (true) {
      try {
        T answer = question.apply(consumer);
        if (answer == null) throw new KafkaException("no " + what);
        return answer;
      } catch (RetriableException e) {
        if (stopping) throw e;
        log.warn("{}: asking again", what, e);
      }
    }
  }
}
