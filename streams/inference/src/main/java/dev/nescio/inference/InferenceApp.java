package dev.nescio.inference;

import dev.nescio.answering.Answerer;
import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.inference.Health.State;
import dev.nescio.language.AdaptableModel;
import dev.nescio.language.EvidenceKind;
import dev.nescio.schemas.registry.HttpRegistryClient;
import dev.nescio.schemas.registry.RegistryClient;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topic;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions in, answers out, exactly once.
 *
 * <p>Three threads: one polls and commits, one hands questions to the model, one follows the control topics. The model is
 * the caller's, who closes it after this; its adapters are loaded and freed here.
 */
public final class InferenceApp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InferenceApp.class);

  private final InferenceConfig config;
  private final Figures figures = new Figures();
  private final RegistryClient registry;
  private final ModelSlots slots;
  private final ControlTopics control;
  private final AnswerStage stage;
  private final QuestionLoop loop;
  private final Outbox outbox;
  private final KafkaConsumer<byte[], byte[]> questions;
  private final List<Thread> threads = new ArrayList<>();
  private CompletableFuture<Void> controlRead = new CompletableFuture<>();
  private volatile State state = State.NEW;
  private volatile Throwable failure;

  /**
   * @param model      what it does not report stays empty on the topics, and estimators that need it abstain
   * @param estimators whose scores stand on every answer; the policies name one of them
   * @throws IllegalArgumentException if no estimator has the name of the built-in policy
   */
  public InferenceApp(
      InferenceConfig config, AdaptableModel model, List<ConfidenceEstimator> estimators, InstantSource clock) {
    if (estimators.stream().noneMatch(e -> e.name().equals(config.estimator()))) {
      throw new IllegalArgumentException(
          "estimator \"" + config.estimator() + "\" does not run; there are "
              + estimators.stream().map(ConfidenceEstimator::name).toList());
    }
    Set<EvidenceKind> lacking = EnumSet.complementOf(EnumSet.of(EvidenceKind.INTERNALS, EvidenceKind.ALTERNATIVES));
    lacking.removeAll(model.evidence());
    if (!lacking.isEmpty()) {
      log.warn("{} gives no {}: estimators that need them abstain", model.identity().name(), lacking);
    }
    this.config = config;
    Clients clients = new Clients(config.bootstrapServers(), config.kafka());
    registry = new HttpRegistryClient(RegistryConfig.from(config.registry()));
    slots = new ModelSlots(model, config.artifacts());
    ControlFold fold =
        new ControlFold(
            AvroSerdes.of(Topics.POLICIES, registry).deserializer(),
            AvroSerdes.of(Topics.CALIBRATORS, registry).deserializer(),
            AvroSerdes.of(Topics.MODELS, registry).deserializer());
    Control start = Control.startingWith(BuiltInPolicy.of(config.estimator(), config.auditProbability()));
    control =
        new ControlTopics(
            new KafkaConsumer<>(clients.reader(), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
            fold, start, slots::follow, figures);
    String transactionalId = config.group() + "-" + config.instance();
    outbox =
        new Outbox(
            () -> producer(clients, transactionalId),
            serializer(Topics.ANSWERS),
            serializer(Topics.EVIDENCE),
            transactionalId);
    WorkQueue queue = new WorkQueue();
    int readAtOnce = Math.max(1, config.maxQueued() / 4);
    questions = questions(clients, readAtOnce);
    loop =
        new QuestionLoop(
            questions, new Intake(AvroSerdes.of(Topics.QUESTIONS, registry).deserializer(), config.maxQuestionBytes()),
            queue, outbox, control::caughtUp, figures, System::nanoTime, config.maxQueued() - readAtOnce);
    Answering answering =
        new Answering(
            new Answerer(model, estimators, config.evidenceAlternatives()), model.identity().contextTokens(), slots,
            control::current, figures, clock, System::nanoTime, loop::finish);
    stage = new AnswerStage(queue, answering, model.joinsCalls(), config.batchRows(), config.linger());
    gauges(queue);
  }

  /** Over the shared client, with the settings that say whether schemas are registered. */
  private <V extends SpecificRecord> Serializer<V> serializer(Topic<V> topic) {
    Serializer<V> serializer = AvroSerdes.of(topic, registry).serializer();
    serializer.configure(config.registry(), false);
    return serializer;
  }

  private KafkaConsumer<byte[], byte[]> questions(Clients clients, int readAtOnce) {
    Map<String, Object> settings = clients.consumer(config.group());
    // A restarted instance takes its partitions over at once, without waiting for the session of its former life.
    settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.instance());
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 15_000);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, readAtOnce);
    settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
    settings.putAll(config.kafka());
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Producer<byte[], byte[]> producer(Clients clients, String transactionalId) {
    Map<String, Object> settings = new HashMap<>(clients.transactionalProducer(transactionalId));
    int millis = Math.toIntExact(config.transactionTimeout().toMillis());
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, millis);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, millis / 2);
    settings.putAll(config.kafka());
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private void gauges(WorkQueue queue) {
    figures.gauge("inference_queue_depth", queue::size);
    figures.gauge("inference_inflight", loop::inFlight);
    figures.gauge("inference_generating", stage::answering);
    figures.gauge(
        "inference_shared_prefill_ratio",
        () -> figures.value("inference_cached_prompt_tokens_total")
            / Math.max(1, figures.value("inference_prompt_tokens_total")));
    figures.gauge("inference_ready", () -> health().ready() ? 1 : 0);
  }

  /**
   * Checks the topics and starts the threads; returns at once, see {@link #health} for when it answers.
   *
   * @throws dev.nescio.schemas.topics.TopicPlanException if topics are missing or keyed ones differ in partitions
   * @throws IllegalStateException if it was started before
   */
  public synchronized void start() {
    if (state != State.NEW) throw new IllegalStateException("inference is " + state + " and cannot be started");
    try (Admin admin = Admin.create(new Clients(config.bootstrapServers(), config.kafka()).admin())) {
      TopicPlan.check(admin);
    }
    state = State.STARTING;
    controlRead = control.caughtUp();
    controlRead.thenRun(this::running);
    start("control", control);
    start("model", stage);
    start("poll", this::poll);
  }

  private synchronized void running() {
    if (state == State.STARTING) state = State.RUNNING;
  }

  private void poll() {
    try {
      loop.run();
    } catch (FencedInstanceIdException e) {
      throw new InstanceNameTakenException(config.group() + "-" + config.instance(), e);
    } finally {
      // Leaving the group calls back for the last commit, so the outbox is closed after it.
      questions.close(
          CloseOptions.timeout(Duration.ofSeconds(2))
              .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
      outbox.close();
    }
  }

  private void start(String name, Runnable work) {
    Thread thread = Thread.ofPlatform().name("nescio-inference-" + name).daemon().unstarted(() -> guarded(name, work));
    threads.add(thread);
    thread.start();
  }

  /** A thread that ends with an error ends the others: half an application answers nothing and hides it. */
  private void guarded(String name, Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      log.error("inference stopped: its {} thread ended with an error", name, e);
      failure = e;
      state = State.FAILED;
      stopThreads();
    }
  }

  private void stopThreads() {
    loop.stop();
    stage.stop();
    control.stop();
  }

  /** How it is; cheap. */
  public Health health() {
    List<String> problems = new ArrayList<>();
    if (failure != null) problems.add("stopped: " + failure);
    boolean started = state == State.RUNNING;
    if (started && !loop.writing()) problems.add("answers wait: the broker or the schema registry does not answer");
    boolean ready = problems.isEmpty() && started;
    slots.failures().forEach((channel, why) -> problems.add(channel + " channel: " + why));
    return new Health(state, ready, problems);
  }

  /** Counters and gauges at this moment, by the series name of the Prometheus text format, labels included. */
  public Map<String, Double> figures() {
    Map<String, Double> values = figures.snapshot();
    for (String channel : List.of(ReleaseBook.CHAMPION, ReleaseBook.SHADOW)) {
      slots
          .slot(channel)
          .ifPresent(
              slot ->
                  values.put(
                      Figures.series(
                          "model_active_info", "channel", channel, "model_version", slot.modelVersion(), "digest",
                          slot.modelDigest()),
                      1.0));
    }
    return values;
  }

  /**
   * Commits what is finished, cancels the rest and leaves the group, within the configured time. The result of a
   * generation that cannot be stopped is dropped.
   */
  @Override
  public synchronized void close() {
    if (state == State.CLOSED) return;
    boolean failed = state == State.FAILED;
    long deadline = System.nanoTime() + config.closeTimeout().toNanos();
    if (threads.isEmpty()) closeUnstarted();
    stopThreads();
    for (Thread thread : threads) join(thread, deadline);
    slots.close();
    registry.close();
    if (!failed) state = State.CLOSED;
  }

  private void closeUnstarted() {
    control.stop();
    control.run();
    questions.close();
  }

  private static void join(Thread thread, long deadline) {
    try {
      thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      if (!thread.isAlive()) return;
      log.warn("{} is still busy and is left to end by itself", thread.getName());
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
