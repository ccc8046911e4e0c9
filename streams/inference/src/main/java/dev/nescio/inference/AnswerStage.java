package dev.nescio.inference;

import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.answering.Decided;
import dev.nescio.answering.Draft;
import dev.nescio.inference.AnswerRecords.Circumstances;
import dev.nescio.inference.CalibratorBook.Fitted;
import dev.nescio.inference.ModelSlots.Slot;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Question;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model's thread: takes questions from the queue, answers those of similar length as one batch and hands the
 * results over. A question that the model fails on becomes an answer with decision ERROR; the others of its batch are
 * answered.
 */
final class AnswerStage implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(AnswerStage.class);
  private static final Duration IDLE = Duration.ofMillis(100);

  /** Batches that are sorted by length together; more pads less, fewer answers the oldest sooner. */
  private static final int BATCHES_SORTED = 4;

  private final WorkQueue queue;
  private final Answerer answerer;
  private final int contextTokens;
  private final ModelSlots slots;
  private final Supplier<Control> control;
  private final InferenceConfig config;
  private final Figures figures;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final BiConsumer<Work, Output> finished;
  private volatile boolean stopping;

  /** A question with the number of context tokens it takes. */
  private record Measured(Work work, int tokens) {}

  /** A question about to be answered. */
  private record Asked(Work work, Slot slot, Ask ask) {}

  /**
   * @param contextTokens of the model
   * @param control       what is in force now
   * @param nanoClock     of latencies, the one that {@link Work#readNanos} came from
   * @param finished      called on this thread, once for each question whose lane is still held
   */
  AnswerStage(
      WorkQueue queue, Answerer answerer, int contextTokens, ModelSlots slots, Supplier<Control> control,
      InferenceConfig config, Figures figures, InstantSource clock, LongSupplier nanoClock,
      BiConsumer<Work, Output> finished) {
    this.queue = queue;
    this.answerer = answerer;
    this.contextTokens = contextTokens;
    this.slots = slots;
    this.control = control;
    this.config = config;
    this.figures = figures;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.finished = finished;
  }

  /** Ends after the generation under way. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        slots.freeReplaced();
        turn(queue.take(config.batchRows() * BATCHES_SORTED, IDLE, config.linger()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(List<Work> works) {
    List<Measured> measured = new ArrayList<>();
    for (Work work : works) measure(work).ifPresent(measured::add);
    measured.sort(Comparator.comparingInt(Measured::tokens));
    for (int from = 0; from < measured.size() && !stopping; from += config.batchRows()) {
      batch(measured.subList(from, Math.min(from + config.batchRows(), measured.size())));
    }
  }

  private Optional<Measured> measure(Work work) {
    Ask ask = ask(work.question(), Optional.empty());
    try {
      int tokens = answerer.tokens(ask);
      if (tokens <= contextTokens) return Optional.of(new Measured(work, tokens));
      fail(
          work, slotOf(work),
          "prompt too long: " + (tokens - ask.maxTokens()) + " tokens and " + ask.maxTokens()
              + " to generate exceed the model's " + contextTokens);
    } catch (RuntimeException e) {
      failByModel(work, slotOf(work), e);
    }
    return Optional.empty();
  }

  private void batch(List<Measured> measured) {
    List<Asked> rows = new ArrayList<>();
    for (Measured m : measured) {
      Work work = m.work();
      if (work.lane().revoked()) continue;
      Optional<Slot> slot = slots.slot(work.question().getOptions().getChannel());
      if (slot.isPresent()) {
        rows.add(new Asked(work, slot.get(), ask(work.question(), slot.get().adapter())));
      } else {
        fail(work, slotOf(work), "no release on the " + work.question().getOptions().getChannel() + " channel");
      }
    }
    if (!rows.isEmpty()) answer(rows);
  }

  private void answer(List<Asked> rows) {
    List<Draft> drafts;
    try {
      drafts = answerer.answer(rows.stream().map(Asked::ask).toList());
    } catch (RuntimeException e) {
      if (rows.size() == 1) {
        failByModel(rows.getFirst().work(), rows.getFirst().slot(), e);
      } else {
        log.warn("a batch of {} questions failed; they are asked one by one", rows.size(), e);
        for (Asked row : rows) answer(List.of(row));
      }
      return;
    }
    figures.add("inference_batches_total", 1);
    figures.add("inference_batch_rows_total", rows.size());
    for (int i = 0; i < drafts.size(); i++) finish(rows.get(i), drafts.get(i));
  }

  private void finish(Asked row, Draft draft) {
    Control now = control.get();
    Question question = row.work().question();
    Slot slot = row.slot();
    Policy policy = now.policies().lookUp(question.getTenant(), question.getDomain());
    Optional<Fitted> calibrator =
        now.calibrators()
            .lookUp(
                question.getTenant(), question.getDomain(), slot.modelDigest(), policy.getEstimator(),
                slot.calibrator());
    Decided decided = Verdicts.decider(policy, calibrator).decide(draft);
    Circumstances circumstances =
        new Circumstances(
            row.work(), slot, policy, calibrator.map(Fitted::calibrator), clock.instant(),
            latencyMicros(row.work()));
    figures.add("inference_prompt_tokens_total", draft.promptTokens());
    figures.add("inference_cached_prompt_tokens_total", draft.cachedPromptTokens());
    figures.add("inference_generated_tokens_total", draft.sequence().generatedTokens());
    figures.observeSeconds("inference_duration_seconds", circumstances.latencyMicros() / 1e6);
    finished.accept(
        row.work(),
        new Output.Answered(
            row.work().questionId(),
            AnswerRecords.answered(circumstances, draft, decided),
            Optional.of(AnswerRecords.evidence(circumstances, draft.sequence()))));
  }

  private void failByModel(Work work, Slot slot, RuntimeException e) {
    if (e instanceof PromptTooLongException) {
      fail(work, slot, "prompt too long: " + e.getMessage());
      return;
    }
    log.error("the model failed on question {}", work.questionId(), e);
    fail(work, slot, "model failed: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
  }

  private void fail(Work work, Slot slot, String reason) {
    Policy policy = control.get().policies().lookUp(work.question().getTenant(), work.question().getDomain());
    Circumstances circumstances =
        new Circumstances(work, slot, policy, Optional.empty(), clock.instant(), latencyMicros(work));
    finished.accept(
        work, new Output.Answered(work.questionId(), AnswerRecords.failed(circumstances, reason), Optional.empty()));
  }

  /** What an ERROR is charged to: the channel's release, or the champion on a channel without one. */
  private Slot slotOf(Work work) {
    return slots.slot(work.question().getOptions().getChannel())
        .or(() -> slots.slot(ReleaseBook.CHAMPION))
        .orElseThrow();
  }

  private long latencyMicros(Work work) {
    return Math.max(0, (nanoClock.getAsLong() - work.readNanos()) / 1_000);
  }

  private static Ask ask(Question question, Optional<String> adapter) {
    return new Ask(
        question.getText(), question.getChoices(), Optional.ofNullable(question.getContext()), List.of(),
        question.getOptions().getMaxTokens(), question.getOptions().getSeed(), adapter);
  }
}
