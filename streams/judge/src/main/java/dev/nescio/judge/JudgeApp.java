package dev.nescio.judge;

import dev.nescio.grading.JudgeProtocol;
import dev.nescio.language.LanguageModel;
import dev.nescio.schemas.topics.Clients;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running judge. After a failure of the broker or of a commit, whatever its outcome, it starts anew from the
 * committed offsets; labels that were already written then are duplicates by their id. It ends when a newer instance of
 * the same name has taken over, or when the model fails.
 */
public final class JudgeApp implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JudgeApp.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final JudgeConfig config;
  private final JudgeProtocol judge;
  private final JudgeLabels labels;
  private final Clock clock;
  private final JudgeFigures figures = new JudgeFigures();
  private final ExecutorService asking =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("judge-model").daemon().factory());
  private final Thread thread = Thread.ofPlatform().name("judge").unstarted(this::run);
  private volatile boolean stopping;
  private volatile RuntimeException failure;

  /** @param model the judge; not closed here */
  public JudgeApp(JudgeConfig config, LanguageModel model, Clock clock) {
    this.config = config;
    this.judge = new JudgeProtocol(model, Optional.empty());
    this.labels = new JudgeLabels(model.digest(Optional.empty()));
    this.clock = clock;
  }

  public void start() {
    thread.start();
  }

  /** Who the labels are from. */
  public String principal() {
    return labels.principal();
  }

  /** Why it ended by itself; empty while it runs. */
  public Optional<RuntimeException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Counters by the name of the series. */
  public Map<String, Double> figures() {
    return figures.all();
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    thread.join(CLOSE_TIMEOUT);
    asking.shutdownNow();
    if (!asking.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("the judge still answers after {}; what it says is dropped", CLOSE_TIMEOUT);
    }
  }

  private void run() {
    while (!stopping) {
      try {
        runOnce();
      } catch (ProducerFencedException e) {
        failure = new IllegalStateException(
            "another judge with instance.id " + config.instanceId() + " has taken over; give each its own", e);
        return;
      } catch (KafkaException e) {
        figures.restarted();
        LOG.warn("the judge starts anew from its committed offsets", e);
      } catch (RuntimeException e) {
        LOG.error("the judge ends", e);
        failure = e;
        return;
      }
    }
  }

  private void runOnce() {
    Clients clients = Clients.at(config.bootstrapServers());
    try (ItemView items = new ItemView(clients, config.registry());
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(clients.consumer(config.groupId()),
            new ByteArrayDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
            clients.transactionalProducer(config.groupId() + "-" + config.instanceId()), new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      JudgeLoop loop =
          new JudgeLoop(config, consumer, producer, items, judge, labels, asking, figures, clock);
      loop.start();
      while (!stopping) loop.turn();
    }
  }
}
