package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.answering.Answerer;
import dev.nescio.confidence.Estimators;
import dev.nescio.language.GenerationRequest;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How questions flow through a model, with one that answers as slowly as it is told to. */
class AnswerStageTest {

  @TempDir Path artifacts;

  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final WordModel model = new WordModel(this::work);
  private final Lane lane = new Lane(new TopicPartition("t", 0));
  private final WorkQueue queue = new WorkQueue();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private ModelSlots slots;
  private AnswerStage stage;

  @AfterEach
  void end() throws InterruptedException {
    go.countDown();
    stage.stop();
    for (Thread thread : threads) thread.join();
  }

  @Test
  void aLongAnswerHoldsNoShortOne() {
    start(2);
    add(0, "long");
    for (int i = 1; i <= 50; i++) add(i, "word" + i);
    awaiting().until(() -> answers.size() == 50);
    assertThat(candidates()).doesNotContain("long");
    awaiting().until(() -> stage.answering() == 1);
    go.countDown();
    awaiting().until(() -> answers.size() == 51);
    assertThat(model.batches).hasSize(51).containsOnly(1);
  }

  @Test
  void noMoreThanTheConfiguredQuestionsAreInTheModel() {
    start(3);
    for (int i = 0; i < 10; i++) add(i, "long" + i);
    awaiting().until(() -> inside.get() == 3);
    assertThat(queue.size()).isEqualTo(7);
    go.countDown();
    awaiting().until(() -> answers.size() == 10);
    assertThat(most.get()).isLessThanOrEqualTo(3);
    awaiting().until(() -> stage.answering() == 0);
  }

  @Test
  void aSwapWaitsForNobodyAndFreesTheAdapterAfterItsLastAnswer() throws Exception {
    start(2);
    ReleaseBook first = ReleaseBook.EMPTY.with(Records.adapted(artifacts, "v1", "one"));
    slots.follow(first);
    add(0, "long");
    awaiting().until(() -> inside.get() == 1);
    slots.follow(first.with(Records.adapted(artifacts, "v2", "two")));
    add(1, "word");
    awaiting().until(() -> answers.size() == 1);
    assertThat(answers.peek().getModelVersion()).isEqualTo("v2");
    assertThat(model.adapters).containsOnlyKeys("one", "two");
    go.countDown();
    awaiting().until(() -> answers.size() == 2);
    assertThat(candidates()).containsExactly("two word", "one long");
    awaiting().until(() -> model.adapters.keySet().equals(Set.of("two")));
  }

  @Test
  void whatWasTakenAwayIsCancelledAndComesToNothing() {
    start(4);
    for (int i = 0; i < 8; i++) add(i, "long" + i);
    awaiting().until(() -> inside.get() == 4);
    lane.revoke();
    awaiting().until(() -> stage.answering() == 0 && queue.size() == 0);
    assertThat(answers).isEmpty();
    Lane again = new Lane(new TopicPartition("t", 0));
    queue.add(new Work(again, 0, "q", Records.question("word", "a"), 0));
    awaiting().until(() -> answers.size() == 1);
    assertThat(answers.peek().getDecision()).isEqualTo(Decision.ANSWER);
  }

  @Test
  void stoppingTakesNoMoreAndEndsAfterTheLastInTheModel() {
    start(1);
    add(0, "long");
    awaiting().until(() -> inside.get() == 1);
    add(1, "word");
    stage.stop();
    assertThat(threads.getFirst().isAlive()).isTrue();
    go.countDown();
    awaiting().until(() -> !threads.getFirst().isAlive());
    assertThat(candidates()).containsExactly("long");
    assertThat(queue.size()).isEqualTo(1);
  }

  @Test
  void aModelThatDoesNotJoinCallsIsAskedForOneBatchAtATime() {
    for (int i = 0; i < 30; i++) add(i, "word" + i);
    run(stage(4, false, (work, output) -> take(output)));
    awaiting().until(() -> answers.size() == 30);
    assertThat(most.get()).isEqualTo(1);
    assertThat(model.batches).allMatch(size -> size <= 4).anyMatch(size -> size == 4);
  }

  @Test
  void aQuestionThatComesToNoEndEndsTheStage() {
    AnswerStage broken = stage(2, true, (work, output) -> {
      throw new IllegalStateException("nobody takes it");
    });
    add(0, "word");
    assertThatThrownBy(broken::run).isInstanceOf(IllegalStateException.class).rootCause()
        .hasMessage("nobody takes it");
  }

  private void start(int rows) {
    run(stage(rows, true, (work, output) -> take(output)));
  }

  private void run(AnswerStage next) {
    threads.add(Thread.ofPlatform().start(next));
  }

  private AnswerStage stage(int rows, boolean flowing, BiConsumer<Work, Output> finished) {
    slots = new ModelSlots(model, artifacts);
    Control control = Control.startingWith(BuiltInPolicy.of("sequence-probability", 0));
    Answering answering =
        new Answering(
            new Answerer(model, Estimators.all()), 60, slots, () -> control, new Figures(), InstantSource.system(),
            System::nanoTime, finished);
    stage = new AnswerStage(queue, answering, flowing, rows, Duration.ZERO);
    return stage;
  }

  private void take(Output output) {
    if (output instanceof Output.Answered answered) answers.add(answered.answer());
  }

  /** Questions with "long" in them are worked on until they may go on, or are interrupted. */
  private void work(List<GenerationRequest> requests) {
    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
    try {
      boolean waits = requests.stream().anyMatch(r -> r.prompt().contains("long"));
      if (waits && !go.await(2, TimeUnit.MINUTES)) throw new IllegalStateException("nothing happened");
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    } finally {
      inside.decrementAndGet();
    }
  }

  private void add(long offset, String text) {
    queue.add(new Work(lane, offset, "q" + offset, Records.question(text, "a" + offset), System.nanoTime()));
  }

  private List<String> candidates() {
    return answers.stream().map(Answer::getCandidate).toList();
  }

  private static ConditionFactory awaiting() {
    return await().atMost(Duration.ofMinutes(1));
  }
}
