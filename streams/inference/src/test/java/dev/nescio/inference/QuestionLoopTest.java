package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.inference.ModelSlots.Slot;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.registry.RegistryUnavailableException;
import dev.nescio.schemas.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The poll thread round by round, with Kafka's own doubles of its clients where a failure has to come at one point. */
class QuestionLoopTest {

  private static final TopicPartition PARTITION = new TopicPartition(Topics.QUESTIONS.name(), 0);

  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name());
  private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicBoolean registryDown = new AtomicBoolean();
  private final WorkQueue queue = new WorkQueue();
  private final Figures figures = new Figures();
  private CompletableFuture<Void> control = CompletableFuture.completedFuture(null);
  private QuestionLoop loop;

  @BeforeEach
  void begin() {
    Deserializer<Question> questions =
        (topic, bytes) -> {
          if (registryDown.get()) throw new RegistryUnavailableException("nobody there", null);
          return Records.question(new String(bytes, StandardCharsets.UTF_8), "ask");
        };
    Outbox outbox =
        new Outbox(this::producer, (topic, answer) -> answer.getCandidate().getBytes(StandardCharsets.UTF_8),
            (topic, evidence) -> new byte[0], "group-0");
    loop =
        new QuestionLoop(
            consumer, new Intake(questions, 100), queue, outbox, () -> control, figures, nanos::get, 2);
    consumer.updatePartitions(
        PARTITION.topic(), List.of(new PartitionInfo(PARTITION.topic(), 0, Node.noNode(), null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
  }

  @Test
  void commitsTheFinishedBeginningAndItsOffsetTogether() throws Exception {
    assign();
    read("a", "b", "c");
    List<Work> works = take();
    finish(works.get(2));
    finish(works.get(0));
    loop.turn();

    assertThat(visible()).containsExactly("a");
    assertThat(committedOffset()).isEqualTo(1);
    finish(works.get(1));
    loop.turn();
    assertThat(visible()).containsExactly("a", "b", "c");
    assertThat(committedOffset()).isEqualTo(3);
    assertThat(loop.inFlight()).isZero();
  }

  @Test
  void doesNotWriteAgainWhatAnUnclearCommitHasMadeVisible() throws Exception {
    assign();
    read("a", "b");
    producers.getFirst().commitTransactionException = new TimeoutException("no answer to the commit");
    List<Work> works = take();
    works.forEach(this::finish);
    loop.turn();
    assertThat(producers.getFirst().closed()).isTrue();
    assertThat(loop.writing()).isFalse();

    consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(2)));
    pass(Duration.ofSeconds(2));
    loop.turn();
    loop.turn();
    assertThat(producers).hasSize(2);
    assertThat(producers.getLast().history()).isEmpty();
    assertThat(loop.inFlight()).isZero();
    assertThat(loop.writing()).isTrue();
    assertThat(figures.snapshot().toString()).contains("decision=\"error\"}=2.0");
  }

  @Test
  void writesAgainWhatAnUnclearCommitHasNotMadeVisible() throws Exception {
    assign();
    read("a", "b");
    producers.getFirst().commitTransactionException = new TimeoutException("no answer to the commit");
    take().forEach(this::finish);
    loop.turn();

    pass(Duration.ofSeconds(2));
    loop.turn();
    assertThat(visible()).containsExactly("a", "b");
    assertThat(committedOffset()).isEqualTo(2);
  }

  @Test
  void waitsAndTriesAgainWhenTransactionsCannotBeStarted() throws Exception {
    assign();
    read("a");
    producers.getFirst().commitTransactionException = new TimeoutException("gone");
    take().forEach(this::finish);
    loop.turn();
    loop.turn();
    assertThat(producers).as("no second attempt before the pause is over").hasSize(1);
  }

  @Test
  void endsWhenItIsFencedTwiceInAShortTime() throws Exception {
    assign();
    read("a");
    producers.getFirst().commitTransactionException = new ProducerFencedException("fenced");
    take().forEach(this::finish);
    loop.turn();
    pass(Duration.ofSeconds(2));
    failNextCommit = true;
    assertThatThrownBy(loop::turn)
        .isInstanceOf(InstanceNameTakenException.class)
        .hasMessageContaining("group-0");
  }

  @Test
  void dropsResultsOfAPartitionThatWasTakenAway() throws Exception {
    assign();
    read("a", "b");
    List<Work> works = take();
    loop.onPartitionsLost(List.of(PARTITION));
    loop.onPartitionsAssigned(List.of(PARTITION));
    works.forEach(this::finish);
    loop.turn();
    assertThat(visible()).isEmpty();
    assertThat(works).allMatch(w -> w.lane().revoked());
  }

  @Test
  void commitsWhatIsFinishedWhenAPartitionIsRevokedAndCancelsTheRest() throws Exception {
    assign();
    read("a", "b");
    finish(queue.take(1, Duration.ZERO, Duration.ZERO).getFirst());
    loop.onPartitionsRevoked(List.of(PARTITION));
    assertThat(visible()).containsExactly("a");
    assertThat(queue.size()).isZero();
  }

  @Test
  void pausesWhileTooMuchIsUnderWayAndGoesOnAfterwards() throws Exception {
    assign();
    read("a", "b", "c");
    assertThat(consumer.paused()).containsExactly(PARTITION);
    take().forEach(this::finish);
    loop.turn();
    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void startsNoWorkBeforeTheControlTopicsAreRead() {
    control = new CompletableFuture<>();
    assign();
    loop.turn();
    assertThat(consumer.paused()).containsExactly(PARTITION);
    control.complete(null);
    loop.turn();
    assertThat(consumer.paused()).isEmpty();
  }

  @Test
  void readsAQuestionAgainWhenTheRegistryWasDown() throws Exception {
    assign();
    registryDown.set(true);
    read("a", "b");
    assertThat(queue.size()).isZero();
    assertThat(consumer.position(PARTITION)).isZero();
    assertThat(consumer.paused()).containsExactly(PARTITION);

    registryDown.set(false);
    pass(Duration.ofSeconds(2));
    loop.turn();
    assertThat(consumer.paused()).isEmpty();
    add(0, "a");
    add(1, "b");
    loop.turn();
    assertThat(take()).extracting(w -> w.question().getText()).containsExactly("a", "b");
  }

  private boolean failNextCommit;

  private MockProducer<byte[], byte[]> producer() {
    MockProducer<byte[], byte[]> producer =
        new MockProducer<>(Cluster.empty(), true, null, new ByteArraySerializer(), new ByteArraySerializer());
    if (failNextCommit) producer.commitTransactionException = new ProducerFencedException("fenced again");
    producers.add(producer);
    return producer;
  }

  private void assign() {
    failNextCommit = false;
    loop.begin();
    consumer.rebalance(Collections.singleton(PARTITION));
    loop.onPartitionsAssigned(List.of(PARTITION));
    loop.turn();
  }

  private void read(String... texts) {
    for (int i = 0; i < texts.length; i++) add(i, texts[i]);
    loop.turn();
  }

  private void add(long offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, offset, bytes, bytes));
  }

  private List<Work> take() throws InterruptedException {
    return queue.take(10, Duration.ZERO, Duration.ZERO);
  }

  private void finish(Work work) {
    Slot slot = new Slot("v", "digest", Optional.empty(), Optional.empty());
    AnswerRecords.Circumstances circumstances =
        new AnswerRecords.Circumstances(
            work, slot, Records.policy("*", "*", "p"), Optional.empty(), Records.ASKED_AT, 5);
    var answer = AnswerRecords.failed(circumstances, "test");
    answer.setCandidate(work.question().getText());
    loop.finish(work, new Output.Answered(work.questionId(), answer, Optional.empty()));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private List<String> visible() {
    return producers.stream()
        .flatMap(p -> p.history().stream())
        .map(r -> new String(r.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private long committedOffset() {
    return producers.getLast().consumerGroupOffsetsHistory().getLast().values().iterator().next().get(PARTITION)
        .offset();
  }
}
