package dev.nescio.judge;

import dev.nescio.grading.JudgeCase;
import dev.nescio.grading.JudgeProtocol;
import dev.nescio.grading.Judgement;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.serde.UndecodableRecordException;
import dev.nescio.schemas.topics.DeadLetterCause;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** One turn after another: read, ask for a batch when the judge is free, commit what is finished. One thread runs it. */
final class JudgeLoop implements ConsumerRebalanceListener {

  private static final String STAGE = "judge";
  private static final Duration POLL = Duration.ofMillis(100);

  private final JudgeConfig config;
  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final ItemView items;
  private final JudgeProtocol judge;
  private final JudgeLabels labels;
  private final Executor asking;
  private final JudgeFigures figures;
  private final Clock clock;
  private final Deserializer<Answer> answers;
  private final Serializer<Label> labelBytes;
  private final Map<TopicPartition, Deque<Pending>> pending = new HashMap<>();
  private Optional<Asked> asked = Optional.empty();

  /** A batch that the judge has. */
  private record Asked(
      List<Pending> batch, List<Reference> references, CompletableFuture<List<Judgement>> judgements) {}

  /** @param asking runs the model, never on the polling thread */
  JudgeLoop(JudgeConfig config, Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer, ItemView items,
      JudgeProtocol judge, JudgeLabels labels, Executor asking, JudgeFigures figures, Clock clock) {
    this.config = config;
    this.consumer = consumer;
    this.producer = producer;
    this.items = items;
    this.judge = judge;
    this.labels = labels;
    this.asking = asking;
    this.figures = figures;
    this.clock = clock;
    this.answers = AvroSerdes.of(Topics.ANSWERS, config.registry()).deserializer();
    this.labelBytes = AvroSerdes.of(Topics.LABELS, config.registry()).serializer();
  }

  /** Joins the group. */
  void start() {
    consumer.subscribe(List.of(Topics.ANSWERS.name()), this);
  }

  /** One turn. Throws what cannot be mended here; the transaction is then open or aborted, never committed. */
  void turn() {
    items.poll(Duration.ZERO);
    boolean room = size() < config.maxPending() && items.caughtUp();
    if (room) consumer.resume(consumer.paused());
    else consumer.pause(consumer.assignment());
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) read(record);
    collect();
    settleWithoutAsking();
    ask();
    commit();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    follow();
  }

  /** What is unfinished is dropped, not drained: its offsets were not committed, and the next owner reads it again. */
  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    partitions.forEach(pending::remove);
    Set<TopicPartition> left = new HashSet<>(consumer.assignment());
    left.removeAll(partitions);
    follow(left);
  }

  private void follow() {
    follow(consumer.assignment());
  }

  private void follow(Set<TopicPartition> partitions) {
    Set<Integer> numbers = new HashSet<>();
    partitions.forEach(partition -> numbers.add(partition.partition()));
    items.follow(numbers);
  }

  private int size() {
    return pending.values().stream().mapToInt(Deque::size).sum();
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    Deque<Pending> here =
        pending.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), ignored -> new ArrayDeque<>());
    try {
      if (record.value() == null) throw new IllegalArgumentException("a null value means nothing on " + record.topic());
      Answer answer = answers.deserialize(record.topic(), record.value());
      Ids.questionIdOf(answer.getAnswerId());
      here.add(new Pending(record, answer, clock.millis()));
    } catch (UndecodableRecordException e) {
      here.add(refused(record, DeadLetterCause.UNDECODABLE, e));
    } catch (IllegalArgumentException e) {
      here.add(refused(record, record.value() == null ? DeadLetterCause.MISSING_VALUE : DeadLetterCause.INVALID, e));
    }
  }

  private Pending refused(ConsumerRecord<byte[], byte[]> record, DeadLetterCause cause, Exception error) {
    Pending refused = new Pending(record, null, clock.millis());
    refused.finish(DeadLetters.record(STAGE, cause, record, error));
    figures.deadLetter();
    return refused;
  }

  /** Takes the judgements of the batch, if they are there. */
  private void collect() {
    if (asked.isEmpty() || !asked.get().judgements().isDone()) return;
    Asked done = asked.get();
    asked = Optional.empty();
    List<Judgement> judgements = done.judgements().join();
    for (int i = 0; i < judgements.size(); i++) {
      Pending one = done.batch().get(i);
      Label label = labels.of(one.answer(), done.references().get(i), judgements.get(i), clock.instant());
      one.finish(new ProducerRecord<>(Topics.LABELS.name(), one.record().key(),
          labelBytes.serialize(Topics.LABELS.name(), label)));
      figures.judged(judgements.get(i).basis());
    }
  }

  /** Answers that cannot be judged: failures, items without an answer, and those whose reference did not come. */
  private void settleWithoutAsking() {
    for (Deque<Pending> here : pending.values()) {
      for (Pending one : here) {
        if (!one.open()) continue;
        ItemView.Item item = item(one);
        boolean hopeless = one.answer().getDecision() == Decision.ERROR
            || (item.known() && (!item.reference().getAnswerable() || item.reference().getAnswers().isEmpty()));
        boolean waitedLongEnough = !item.known() && items.caughtUp()
            && clock.millis() - one.readAtMillis() >= config.patience().toMillis();
        if (!hopeless && !waitedLongEnough) continue;
        one.finish(null);
        figures.passed(hopeless ? "ungradable" : "no reference");
      }
    }
  }

  private void ask() {
    if (asked.isPresent()) return;
    List<Pending> batch = new ArrayList<>();
    List<Reference> references = new ArrayList<>();
    List<JudgeCase> cases = new ArrayList<>();
    for (Deque<Pending> here : pending.values()) {
      for (Pending one : here) {
        if (batch.size() >= config.batch() || !one.open()) continue;
        ItemView.Item item = item(one);
        if (!item.known()) continue;
        one.ask();
        batch.add(one);
        references.add(item.reference());
        cases.add(new JudgeCase(item.wording().orElseThrow(), Optional.ofNullable(item.context()),
            item.reference().getAnswers(), one.answer().getCandidate()));
      }
    }
    if (batch.isEmpty()) return;
    asked = Optional.of(new Asked(batch, references, CompletableFuture.supplyAsync(() -> judge.judge(cases), asking)));
  }

  private ItemView.Item item(Pending one) {
    return items.item(one.record().partition(), Ids.questionIdOf(one.answer().getAnswerId()));
  }

  private void commit() {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    List<ProducerRecord<byte[], byte[]>> outputs = new ArrayList<>();
    pending.forEach((partition, here) -> {
      while (!here.isEmpty() && here.peek().finished()) {
        Pending one = here.poll();
        if (one.output() != null) outputs.add(one.output());
        offsets.put(partition, new OffsetAndMetadata(one.record().offset() + 1));
      }
    });
    if (offsets.isEmpty()) return;
    producer.beginTransaction();
    outputs.forEach(producer::send);
    producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
    producer.commitTransaction();
  }
}
