package dev.nescio.trainer.service;

import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through {@code qa.training-requests.v1}, one night at a time.
 *
 * <p>The holder of the topic's single partition works. Its results, and the offset of the request, leave in one
 * transaction of one fixed {@code transactional.id} that is initialised on assignment, so an older holder is fenced. The
 * night runs on a thread of its own while polling goes on; a lost partition cancels it, and the next holder starts the
 * request again.
 */
public final class TrainerApp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TrainerApp.class);
  private static final String GROUP = "nescio-trainer";
  private static final String STAGE = "trainer";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final Clients clients;
  private final Map<String, ?> registry;
  private final NightWork work;
  private final Clock clock;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> progressProducer;
  private final Map<Topic<?>, Serde<?>> serdes = new HashMap<>();
  private final ExecutorService nightThread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("night").factory());
  private final Thread pollThread = Thread.ofPlatform().name("trainer").unstarted(this::loop);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean closing;
  private KafkaProducer<byte[], byte[]> producer;
  private Running running;

  /**
   * @param clients  how to reach the broker
   * @param registry Confluent's keys, {@code schema.registry.url} among them
   * @param work     what a night does
   */
  public TrainerApp(Clients clients, Map<String, ?> registry, NightWork work, Clock clock) {
    this.clients = clients;
    this.registry = Map.copyOf(registry);
    this.work = work;
    this.clock = clock;
    this.consumer =
        new KafkaConsumer<>(clients.consumer(GROUP), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.progressProducer =
        new KafkaProducer<>(clients.producer(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  public void start() {
    pollThread.start();
  }

  /** What ended the trainer; empty while it works. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure.get());
  }

  /** Cancels a night under way (the request stays for the next start) and returns when all threads have ended. */
  @Override
  public void close() {
    closing = true;
    consumer.wakeup();
    try {
      if (pollThread.isAlive() && !stopped.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("the trainer did not stop within {}", PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    try {
      consumer.subscribe(List.of(Topics.TRAINING_REQUESTS.name()), new Handover());
      while (!closing) {
        try {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) begin(record);
          finishIfDone();
        } catch (WakeupException e) {
          log.debug("woken up, closing: {}", closing);
        }
      }
    } catch (Exception e) {
      failure.set(e);
      log.error("the trainer ended", e);
    } finally {
      cancel();
      nightThread.shutdownNow();
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
      if (producer != null) producer.close(Duration.ofSeconds(2));
      progressProducer.close(Duration.ofSeconds(2));
      serdes.values().forEach(Serde::close);
      stopped.countDown();
    }
  }

  private void begin(ConsumerRecord<byte[], byte[]> record) {
    if (running != null) {
      // One night at a time: this request is fetched again when the one under way is done.
      consumer.seek(new TopicPartition(record.topic(), record.partition()), record.offset());
      consumer.pause(consumer.assignment());
      return;
    }
    TrainingRequest request;
    try {
      request = serde(Topics.TRAINING_REQUESTS).deserializer().deserialize(record.topic(), record.value());
    } catch (RuntimeException e) {
      setAside(record, e);
      return;
    }
    log.info("night {} requested by {}: {}", request.getRequestId(), request.getRequestedBy(), request.getReason());
    consumer.pause(consumer.assignment());
    LastStep last = new LastStep();
    NightListener listener = (step, state, done, total, unit, remaining, message, figures) -> {
      last.step = step;
      publishProgress(progress(
          request.getRequestId(), step, StepState.valueOf(state.name()), done, total, unit, remaining, message, figures));
    };
    Future<NightWork.Result> result = nightThread.submit(() -> work.run(request, listener));
    running = new Running(record, request, result, last);
  }

  private void finishIfDone() {
    if (running == null || !running.result.isDone()) return;
    Running night = running;
    running = null;
    try {
      publish(night, night.result.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (CancellationException e) {
      log.warn("night {} was cancelled", night.request.getRequestId());
    } catch (ExecutionException e) {
      fail(night, e.getCause());
    }
    consumer.resume(consumer.assignment());
  }

  private void publish(Running night, NightWork.Result result) {
    producer.beginTransaction();
    result.knowledge().forEach((questionId, score) -> send(Topics.KNOWLEDGE, questionId, score));
    for (ModelRelease release : result.releases()) send(Topics.MODELS, release.getChannel(), release);
    commitWith(night.record);
  }

  /** A failed night is told to everybody and not tried for ever; a new request starts a new one. */
  private void fail(Running night, Throwable cause) {
    log.error("night {} failed", night.request.getRequestId(), cause);
    producer.beginTransaction();
    send(Topics.TRAINING_PROGRESS, night.request.getRequestId(), progress(
        night.request.getRequestId(), night.last.step, StepState.FAILED, 0, 0, "", Optional.empty(),
        "the night failed: " + cause.getMessage(), Map.of()));
    commitWith(night.record);
  }

  private void setAside(ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
    producer.beginTransaction();
    producer.send(DeadLetters.record(STAGE, DeadLetterCause.UNDECODABLE, record, cause));
    commitWith(record);
  }

  private void commitWith(ConsumerRecord<byte[], byte[]> record) {
    producer.sendOffsetsToTransaction(
        Map.of(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1)),
        consumer.groupMetadata());
    producer.commitTransaction();
  }

  /** Outside transactions: progress is worth showing at once, and a duplicate does no harm. */
  private void publishProgress(TrainingProgress progress) {
    progressProducer.send(
        record(Topics.TRAINING_PROGRESS, progress.getRequestId(), progress),
        (metadata, e) -> {
          if (e != null) log.warn("progress of night {} could not be published", progress.getRequestId(), e);
        });
  }

  private TrainingProgress progress(
      String requestId, NightStep step, StepState state, long done, long total, String unit,
      Optional<Duration> remaining, String message, Map<String, Double> figures) {
    return TrainingProgress.newBuilder()
        .setRequestId(requestId)
        .setStep(step.id())
        .setStepNumber(step.number())
        .setSteps(NightStep.values().length)
        .setState(state)
        .setDone(done)
        .setTotal(total)
        .setUnit(unit)
        .setRemainingSeconds(remaining.map(d -> d.toMillis() / 1000.0).orElse(null))
        .setMessage(message)
        .setFigures(figures)
        .setAt(clock.instant())
        .build();
  }

  private <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
    producer.send(record(topic, key, value));
  }

  private <V extends SpecificRecord> ProducerRecord<byte[], byte[]> record(Topic<V> topic, String key, V value) {
    return new ProducerRecord<>(
        topic.name(), key.getBytes(StandardCharsets.UTF_8),
        serde(topic).serializer().serialize(topic.name(), value));
  }

  @SuppressWarnings("unchecked")
  private synchronized <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
    return (Serde<V>) serdes.computeIfAbsent(topic, t -> AvroSerdes.of(topic, registry));
  }

  private void cancel() {
    if (running == null) return;
    running.result.cancel(true);
    running = null;
  }

  private static final class LastStep {
    private volatile NightStep step = NightStep.DATASET;
  }

  private record Running(
      ConsumerRecord<byte[], byte[]> record, TrainingRequest request, Future<NightWork.Result> result,
      LastStep last) {}

  /** The partition is the lock: taking it fences the older holder, losing it cancels the night. */
  private final class Handover implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) return;
      if (producer != null) producer.close(Duration.ofSeconds(2));
      producer = new KafkaProducer<>(
          clients.transactionalProducer(GROUP), new ByteArraySerializer(), new ByteArraySerializer());
      producer.initTransactions();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) cancel();
    }
  }
}
