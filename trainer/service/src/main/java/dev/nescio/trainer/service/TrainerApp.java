package dev.nescio.trainer.service;

import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.schemas.registry.RegistryException;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through {@code qa.training-requests.v1}, one night at a time.
 *
 * <p>The holder of the topic's single partition works. Its results, and the offset of the request, leave in one
 * transaction of one fixed {@code transactional.id} that is initialised on assignment, so an older holder is fenced.
 * The night runs on a thread of its own while polling goes on; a lost partition cancels it, and the next holder starts
 * the request again. Broker or registry out of reach delay the results and lose none.
 */
public final class TrainerApp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TrainerApp.class);
  private static final String GROUP = "nescio-trainer";
  private static final String STAGE = "trainer";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final Duration NIGHT_PATIENCE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private final NightWork work;
  private final TopicValues values;
  private final ProgressPublisher progress;
  private final ResultLedger ledger;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final ExecutorService nightThread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("night").factory());
  private final Thread pollThread = Thread.ofPlatform().name("trainer").unstarted(this::loop);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean closing;
  private boolean holding;
  private Pending pending;

  /**
   * @param clients  how to reach the broker
   * @param registry Confluent's keys, {@code schema.registry.url} among them
   * @param work     what a night does
   */
  public TrainerApp(Clients clients, Map<String, ?> registry, NightWork work, Clock clock) {
    this.work = work;
    this.values = new TopicValues(registry);
    this.progress = new ProgressPublisher(clients, values, clock);
    this.ledger = new ResultLedger(clients, GROUP);
    Map<String, Object> settings = clients.consumer(GROUP);
    // One night at a time: the next request is fetched when this one is done.
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  public void start() {
    pollThread.start();
  }

  /** What ended the trainer; empty while it works. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /**
   * Cancels a night under way (the request stays for the next start) and returns when all threads have ended, or after
   * nine seconds.
   */
  @Override
  public void close() {
    closing = true;
    if (pollThread.getState() == Thread.State.NEW) {
      release();
      return;
    }
    consumer.wakeup();
    try {
      if (!stopped.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("the trainer did not stop within {}", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    try {
      subscribe();
      while (!closing) turn();
    } catch (Exception e) {
      failure.set(e);
      log.error("the trainer ended", e);
    } finally {
      release();
    }
  }

  private void subscribe() {
    consumer.subscribe(List.of(Topics.TRAINING_REQUESTS.name()), new Handover());
  }

  private void turn() {
    try {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) begin(record);
      if (holding && !ledger.isOpen()) ledger.open();
      settleIfDone();
    } catch (WakeupException e) {
      log.debug("woken up, closing: {}", closing);
    } catch (TimeoutException | RegistryUnavailableException e) {
      // What is pending stays so until they answer again.
      log.warn("broker or registry do not answer, trying again: {}", e.getMessage());
    }
  }

  private void begin(ConsumerRecord<byte[], byte[]> record) {
    try {
      TrainingRequest request = values.decode(Topics.TRAINING_REQUESTS, record.value());
      pending =
          request == null
              ? aside(record, DeadLetterCause.MISSING_VALUE, new IllegalArgumentException("a request without a value"))
              : night(record, request);
      consumer.pause(consumer.assignment());
    } catch (UndecodableRecordException e) {
      pending = aside(record, DeadLetterCause.UNDECODABLE, e);
      consumer.pause(consumer.assignment());
    } catch (RegistryUnavailableException e) {
      consumer.seek(partition(record), record.offset());
      throw e;
    }
  }

  private Pending night(ConsumerRecord<byte[], byte[]> record, TrainingRequest request) {
    log.info("night {} requested by {}: {}", request.getRequestId(), request.getRequestedBy(), request.getReason());
    ProgressPublisher.Following following = progress.follow(request.getRequestId());
    Future<NightWork.Result> result = nightThread.submit(() -> work.run(request, following));
    Function<Throwable, List<ProducerRecord<byte[], byte[]>>> failed = cause -> {
      log.error("night {} failed", request.getRequestId(), cause);
      return List.of(
          values.record(Topics.TRAINING_PROGRESS, request.getRequestId(), following.failed(cause)));
    };
    // A failed night is told to everybody and not tried for ever; a new request starts a new one.
    return new Pending(
        record, result,
        () -> result.state() == Future.State.SUCCESS
            ? records(result.resultNow())
            : failed.apply(result.exceptionNow()),
        Optional.of(failed), false);
  }

  private Pending aside(ConsumerRecord<byte[], byte[]> record, DeadLetterCause cause, Exception error) {
    log.warn("request at offset {} is set aside: {}", record.offset(), error.getMessage());
    return new Pending(
        record, CompletableFuture.completedFuture(record),
        () -> List.of(DeadLetters.record(STAGE, cause, record, error)), Optional.empty(), false);
  }

  private List<ProducerRecord<byte[], byte[]>> records(NightWork.Result result) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    result.knowledge().forEach((id, score) -> records.add(values.record(Topics.KNOWLEDGE, id, score)));
    for (ModelRelease release : result.releases()) {
      records.add(values.record(Topics.MODELS, release.getChannel(), release));
    }
    return records;
  }

  private void settleIfDone() {
    if (pending == null || !pending.work().isDone() || !ledger.isOpen()) return;
    if (pending.inDoubt() && isCommitted(pending.record())) {
      finished();
      return;
    }
    ResultLedger.Outcome outcome;
    try {
      outcome = ledger.write(pending.results().get(), pending.record(), consumer.groupMetadata());
    } catch (RegistryUnavailableException e) {
      throw e;
    } catch (KafkaException | RegistryException e) {
      // These results can never be written; what can be said is that the night failed.
      pending = pending.failing(e);
      return;
    }
    switch (outcome) {
      case COMMITTED -> finished();
      case IN_DOUBT -> pending = pending.doubted();
      case FENCED -> rejoin();
    }
  }

  private void finished() {
    pending = null;
    consumer.resume(consumer.assignment());
  }

  /** The group decides anew who holds the partition; whoever does finds the request where it was. */
  private void rejoin() {
    pending = null;
    consumer.unsubscribe();
    subscribe();
  }

  private boolean isCommitted(ConsumerRecord<?, ?> record) {
    OffsetAndMetadata committed = consumer.committed(Set.of(partition(record))).get(partition(record));
    return committed != null && committed.offset() > record.offset();
  }

  private void cancel() {
    if (pending == null) return;
    pending.work().cancel(true);
    pending = null;
  }

  private void release() {
    cancel();
    nightThread.shutdownNow();
    consumer.close(CloseOptions.timeout(CLOSE));
    ledger.close();
    try {
      // Whoever closes the model after this must not pull it from under the night.
      if (!nightThread.awaitTermination(NIGHT_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("the night did not stop within {}", NIGHT_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    progress.close();
    values.close();
    stopped.countDown();
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /** The partition is the lock: taking it fences the older holder, losing it cancels the night. */
  private final class Handover implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) return;
      holding = true;
      try {
        ledger.open();
      } catch (TimeoutException e) {
        log.warn("the broker does not answer, so nothing can be written yet: {}", e.getMessage());
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) return;
      holding = false;
      cancel();
      ledger.close();
    }
  }
}
