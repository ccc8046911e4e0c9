package dev.nescio.evaluation;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Example;
import dev.nescio.schemas.LateLabel;
import dev.nescio.schemas.topics.DeadLetters;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Feeds {@link LabelJoin} from the input topics, keeps its state, and sends on what it says. One of these a partition;
 * all its effects and the offsets are one transaction.
 */
final class GradeAndJoin implements Processor<byte[], byte[], String, Outcome> {

  static final String ITEMS = "items";
  static final String WORDS = "words";
  static final String EVICTIONS = "evictions";
  static final String ACCOUNTS = "accounts";
  static final String BEFORE_COMMIT = "join-before-commit";

  /** Drained early when a commit interval brings more than this, so that memory is bounded. */
  private static final int MAX_DIFFERENCES = 50_000;
  /** Points in one record; about 30 bytes each. */
  private static final int MAX_POINTS = 2_000;
  /** Minutes in one record; at most some 40 kB each, and mostly far less. */
  private static final int MAX_DELTAS = 25;
  /** Items looked at in one turn of the eviction clock. */
  private static final int MAX_EVICTIONS = 2_000;
  private static final String THIS_PARTITION = "this";
  private static final String STAGE = "evaluation";

  private final EvaluationConfig config;
  private final LabelJoin join;
  private final Grading grading;
  private final Intake intake;

  private ProcessorContext<String, Outcome> context;
  private Items items;
  private Words words;
  private Deadlines deadlines;
  private KeyValueStore<String, byte[]> accountStore;
  private Differences differences;
  private Accounts accounts;
  private boolean accountsStored;
  private boolean accountsSent;

  GradeAndJoin(EvaluationConfig config, Intake intake) {
    this.config = config;
    this.join = new LabelJoin(config.horizon(), config.slack());
    this.grading = new Grading(config.headlineGrader());
    this.intake = intake;
  }

  @Override
  public void init(ProcessorContext<String, Outcome> context) {
    this.context = context;
    words = new Words(context.getStateStore(WORDS));
    intake.use(words);
    items = new Items(context.getStateStore(ITEMS), words);
    deadlines = new Deadlines(context.getStateStore(EVICTIONS));
    differences = new Differences();
    accountStore = context.getStateStore(ACCOUNTS);
    byte[] stored = accountStore.get(THIS_PARTITION);
    accounts = stored == null ? new Accounts() : Accounts.fromBytes(stored);
    accountsStored = true;
    accountsSent = false;
    BeforeCommit beforeCommit = context.getStateStore(BEFORE_COMMIT);
    beforeCommit.run(context, this::writeBehind);
    context.schedule(config.emitInterval(), PunctuationType.WALL_CLOCK_TIME, this::tick);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata from = context.recordMetadata().orElseThrow();
    switch (intake.read(from, record.key(), record.value())) {
      case Intake.Input.AnswerInput(String questionId, AnswerFacts answer) -> {
        ItemState item = items.get(questionId);
        settle(questionId, item, join.onAnswer(item, answer, nowMicros()));
      }
      case Intake.Input.LabelInput(String questionId, LabelFacts label, boolean trusted) -> {
        ItemState item = items.get(questionId);
        settle(questionId, item,
            trusted ? join.onLabel(item, label, nowMicros()) : join.onUntrusted(item, label));
      }
      case Intake.Input.ReferenceInput(String questionId, ReferenceFacts reference) -> {
        ItemState item = items.get(questionId);
        JoinEffects effects = reference == null ? join.onReferenceGone(item) : join.onReference(item, reference);
        settle(questionId, item, effects);
      }
      case Intake.Input.Refused refused -> setAside(from, record, refused);
    }
    if (differences.size() >= MAX_DIFFERENCES) drain();
  }

  private void settle(String questionId, ItemState item, JoinEffects effects) {
    for (AnswerFacts answer : effects.toGrade) {
      send(questionId, new Outcome.Graded(grading.grade(answer, item.reference)));
    }
    effects.changes.forEach(differences::add);
    for (JoinEffects.Ledgered late : effects.ledgered) send(questionId, ledgered(late));
    for (JoinEffects.Joined joined : effects.joined) matched(questionId, joined);
    count(effects.accounts);
    keep(questionId, item);
  }

  private void keep(String questionId, ItemState item) {
    long deadline = item.nextDeadline();
    // A later deadline needs no new entry: the clock looks at the item at the earlier one and asks again.
    if (deadline < item.lookAt) {
      item.lookAt = deadline;
      deadlines.add(questionId, deadline);
    }
    items.changed(questionId);
  }

  private void tick(long nowMillis) {
    evict();
    if (accountsSent) return;
    send(Keys.accounting(partition()), new Outcome.Counted(accounting(nowMillis)));
    accountsSent = true;
  }

  /** Everything that memory has and the stores have not; nothing is visible before the commit anyway. */
  private void writeBehind() {
    items.write();
    deadlines.write();
    if (differences.size() > 0) drain();
    if (!accountsStored) accountStore.put(THIS_PARTITION, accounts.toBytes());
    accountsStored = true;
  }

  private void evict() {
    long now = nowMicros();
    for (Deadlines.Deadline due : deadlines.take(now, MAX_EVICTIONS)) {
      ItemState item = items.get(due.questionId());
      if (item.lookAt > now) continue;
      item.lookAt = Long.MAX_VALUE;
      settle(due.questionId(), item, join.evict(item, now));
    }
  }

  private void drain() {
    Differences.Drained drained = differences.drain();
    drained.deltas().forEach((slice, byMinute) -> inBatches(List.copyOf(byMinute.values()), MAX_DELTAS,
        batch -> send(slice.encode(), new Outcome.Changed(new DeltaBatch(batch).toBytes()))));
    drained.points().forEach((calibrator, steps) -> inBatches(steps, MAX_POINTS,
        batch -> send(calibrator, new Outcome.Fitted(new PointBatch(batch).toBytes()))));
  }

  private static <T> void inBatches(List<T> all, int size, Consumer<List<T>> batches) {
    for (int start = 0; start < all.size(); start += size) {
      batches.accept(all.subList(start, Math.min(all.size(), start + size)));
    }
  }

  private void matched(String questionId, JoinEffects.Joined joined) {
    send(questionId, new Outcome.Matched(
        new Example(null, AnswerRest.join(joined.answer(), words), intake.label(joined.label().wire()), now())));
  }

  private Outcome ledgered(JoinEffects.Ledgered late) {
    OptionalLong answeredAt = late.answeredAt();
    return new Outcome.Ledgered(LateLabel.newBuilder()
        .setLabel(intake.label(late.label().wire()))
        .setReason(late.reason().wireName())
        .setAnsweredAt(answeredAt.isPresent() ? Grading.instant(answeredAt.getAsLong()) : null)
        .setHorizonMicros(join.horizonMicros())
        .setAt(now())
        .build());
  }

  private void setAside(RecordMetadata from, Record<byte[], byte[]> record, Intake.Input.Refused refused) {
    send("", new Outcome.SetAside(DeadLetters.record(STAGE, refused.cause(), from.topic(), from.partition(),
        from.offset(), record.key(), record.value(), record.headers(), refused.error())));
    if (!from.topic().equals(Topics.LABELS.name())) return;
    Accounts counted = new Accounts();
    counted.labelRead();
    counted.add(LabelClass.DEAD_LETTERED, 1);
    count(counted);
  }

  private void count(Accounts more) {
    accounts.add(more);
    accountsStored = false;
    accountsSent = false;
  }

  private Accounting accounting(long nowMillis) {
    return Accounting.newBuilder()
        .setPartition(partition())
        .setLabels(accounts.labelsByName())
        .setLabelsRead(accounts.labelsRead())
        .setAnswers(accounts.answersByName())
        .setAnswersRead(accounts.answersRead())
        .setAnswerDuplicates(accounts.answerDuplicates())
        .setClosed(accounts.closed())
        .setEmittedAt(Instant.ofEpochMilli(nowMillis))
        .build();
  }

  private void send(String key, Outcome outcome) {
    context.forward(new Record<>(key, outcome, context.currentSystemTimeMs()));
  }

  private String partition() {
    return Integer.toString(context.taskId().partition());
  }

  private Instant now() {
    return Instant.ofEpochMilli(context.currentSystemTimeMs());
  }

  private long nowMicros() {
    return context.currentSystemTimeMs() * 1_000;
  }
}
