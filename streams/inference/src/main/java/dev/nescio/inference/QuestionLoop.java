package dev.nescio.inference;

import dev.nescio.inference.Intake.Admission;
import dev.nescio.inference.PartitionProgress.Prefix;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The poll thread. It reads questions, hands them to those who answer, and commits what is finished; it never waits
 * for the model, so a slow generation costs no membership. Partitions are paused while too much is under way.
 */
final class QuestionLoop implements Runnable, ConsumerRebalanceListener {

  private static final Logger log = LoggerFactory.getLogger(QuestionLoop.class);
  private static final Duration POLL_IDLE = Duration.ofMillis(100);
  private static final Duration POLL_BUSY = Duration.ofMillis(10);
  private static final Duration BACKOFF = Duration.ofSeconds(1);
  private static final int RESULTS_A_TRANSACTION = 500;

  private final Consumer<byte[], byte[]> consumer;
  private final Intake intake;
  private final WorkQueue queue;
  private final Outbox outbox;
  private final Supplier<CompletableFuture<Void>> controlCaughtUp;
  private final Figures figures;
  private final LongSupplier nanoClock;
  private final int pauseAbove;
  private final Map<TopicPartition, Lane> lanes = new HashMap<>();
  private final Map<TopicPartition, Long> retryNanos = new HashMap<>();
  private final Queue<Finished> finished = new ConcurrentLinkedQueue<>();
  private CompletableFuture<Void> control = CompletableFuture.completedFuture(null);
  private boolean settled = true;
  private long nextCommitNanos;
  private volatile boolean stopping;
  private volatile int inFlight;
  private volatile boolean writing;

  private record Finished(Work work, Output output) {}

  /**
   * @param pauseAbove      records that wait for their answers above which nothing more is read, and records of one
   *                        partition, answered or not, above which nothing more of it is read
   * @param controlCaughtUp asks for the control topics to be read to their present end
   */
  QuestionLoop(
      Consumer<byte[], byte[]> consumer, Intake intake, WorkQueue queue, Outbox outbox,
      Supplier<CompletableFuture<Void>> controlCaughtUp, Figures figures, LongSupplier nanoClock, int pauseAbove) {
    this.consumer = consumer;
    this.intake = intake;
    this.queue = queue;
    this.outbox = outbox;
    this.controlCaughtUp = controlCaughtUp;
    this.figures = figures;
    this.nanoClock = nanoClock;
    this.pauseAbove = pauseAbove;
    nextCommitNanos = nanoClock.getAsLong();
  }

  /** Hands over a result; called by any thread. */
  void finish(Work work, Output output) {
    finished.add(new Finished(work, output));
  }

  /** Records that were read and are not committed. */
  int inFlight() {
    return inFlight;
  }

  /** True when the last attempt to write reached the broker. */
  boolean writing() {
    return writing;
  }

  /** Commits what is finished, gives the partitions back and ends. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      begin();
      while (!stopping) turn();
      takeFinished();
      commit();
    } finally {
      lanes.values().forEach(Lane::revoke);
    }
  }

  void begin() {
    writing = outbox.open();
    consumer.subscribe(List.of(Topics.QUESTIONS.name()), this);
  }

  /** Reads what is there, takes over results and commits: one round of the poll thread. */
  void turn() {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(inFlight > 0 ? POLL_BUSY : POLL_IDLE);
    for (TopicPartition partition : records.partitions()) admit(partition, records.records(partition));
    takeFinished();
    if (nanoClock.getAsLong() - nextCommitNanos >= 0) commit();
    inFlight = lanes.values().stream().mapToInt(lane -> lane.progress().size()).sum();
    pauseAndResume();
  }

  private void admit(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    Lane lane = lanes.get(partition);
    int partitions = consumer.partitionsFor(partition.topic()).size();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Admission admission;
      try {
        admission = intake.admit(record, partitions);
      } catch (RegistryUnavailableException e) {
        log.warn("{} offset {} is read again when the schema registry answers", partition, record.offset(), e);
        consumer.seek(partition, record.offset());
        retryNanos.put(partition, nanoClock.getAsLong() + BACKOFF.toNanos());
        return;
      }
      lane.progress().read(record.offset());
      switch (admission) {
        case Admission.Admitted a ->
            queue.add(new Work(lane, record.offset(), a.questionId(), a.question(), nanoClock.getAsLong()));
        case Admission.Refused refused -> lane.progress().finish(record.offset(), refused.output());
      }
    }
  }

  private void takeFinished() {
    for (Finished f; (f = finished.poll()) != null; ) {
      Lane lane = f.work().lane();
      if (!lane.revoked() && lane.progress().underWay(f.work().offset())) {
        lane.progress().finish(f.work().offset(), f.output());
      }
    }
  }

  private void commit() {
    if (!writing || !settled) writing = outbox.open() && settle();
    if (!writing) {
      backOff();
      return;
    }
    Map<TopicPartition, Prefix<Output>> prefixes = finishedPrefixes();
    if (prefixes.isEmpty()) return;
    switch (outbox.commit(prefixes, consumer.groupMetadata())) {
      case COMMITTED -> prefixes.forEach((partition, prefix) -> committed(partition, prefix.nextOffset()));
      case ABORTED -> backOff();
      case UNCLEAR -> {
        settled = false;
        writing = false;
        backOff();
      }
    }
  }

  private Map<TopicPartition, Prefix<Output>> finishedPrefixes() {
    Map<TopicPartition, Prefix<Output>> prefixes = new HashMap<>();
    lanes.forEach(
        (partition, lane) -> {
          Prefix<Output> prefix = lane.progress().prefix(RESULTS_A_TRANSACTION);
          if (!prefix.results().isEmpty()) prefixes.put(partition, prefix);
        });
    return prefixes;
  }

  /** After an unclear end the committed offsets say which results are visible already. */
  private boolean settle() {
    if (settled) return true;
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets = consumer.committed(new HashSet<>(lanes.keySet()));
      offsets.forEach((partition, offset) -> {
        if (offset != null) committed(partition, offset.offset());
      });
      settled = true;
    } catch (RetriableException e) {
      log.warn("the committed offsets cannot be read now", e);
    }
    return settled;
  }

  private void backOff() {
    nextCommitNanos = nanoClock.getAsLong() + BACKOFF.toNanos();
  }

  private void committed(TopicPartition partition, long nextOffset) {
    for (Output output : lanes.get(partition).progress().committed(nextOffset)) {
      switch (output) {
        case Output.Answered answered -> figures.add(series(answered.answer()), 1);
        case Output.Refused refused ->
            figures.add(
                Figures.series("dlq_records_total", "stage", "inference", "error", refused.cause().wireName()), 1);
      }
    }
  }

  private static String series(Answer answer) {
    return Figures.series(
        "answers_total", "topic", Topics.ANSWERS.name(), "model_version", answer.getModelVersion(), "policy_version",
        answer.getPolicyVersion(), "decision", answer.getDecision().name().toLowerCase(Locale.ROOT));
  }

  private void pauseAndResume() {
    int waiting = lanes.values().stream().mapToInt(lane -> lane.progress().waiting()).sum();
    boolean open = waiting <= pauseAbove && control.isDone() && !control.isCancelled();
    Set<TopicPartition> paused = consumer.paused();
    List<TopicPartition> pause = new ArrayList<>();
    List<TopicPartition> resume = new ArrayList<>();
    for (TopicPartition partition : lanes.keySet()) {
      Long retry = retryNanos.get(partition);
      // What is answered waits for a slow one before it; other partitions need not.
      boolean room = lanes.get(partition).progress().size() <= pauseAbove;
      boolean read = open && room && (retry == null || nanoClock.getAsLong() - retry >= 0);
      if (read) retryNanos.remove(partition);
      if (read && paused.contains(partition)) resume.add(partition);
      if (!read && !paused.contains(partition)) pause.add(partition);
    }
    consumer.pause(pause);
    consumer.resume(resume);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) return;
    for (TopicPartition partition : partitions) lanes.put(partition, new Lane(partition));
    // No work before everything that was published until now is in force.
    consumer.pause(partitions);
    control = controlCaughtUp.get();
    log.info("assigned {}", partitions);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) return;
    takeFinished();
    commit();
    onPartitionsLost(partitions);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Lane lane = lanes.remove(partition);
      if (lane != null) lane.revoke();
      retryNanos.remove(partition);
    }
    queue.dropRevoked();
    log.info("gave up {}", partitions);
  }
}
