package dev.nescio.inference;

import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.answering.Decided;
import dev.nescio.answering.Draft;
import dev.nescio.inference.AnswerRecords.Circumstances;
import dev.nescio.inference.CalibratorBook.Fitted;
import dev.nescio.inference.ModelSlots.Slot;
import dev.nescio.inference.ModelSlots.Use;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.Question;
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
 * Asks the model and makes records of what it says. A question that the model fails on becomes an answer with decision
 * ERROR; others of the same call are answered. Thread-safe.
 */
final class Answering {

  private static final Logger log = LoggerFactory.getLogger(Answering.class);

  private final Answerer answerer;
  private final int contextTokens;
  private final ModelSlots slots;
  private final Supplier<Control> control;
  private final Figures figures;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final BiConsumer<Work, Output> finished;

  /** A question with the number of context tokens it takes. */
  private record Measured(Work work, int tokens) {}

  /** A question about to be answered, with what answers it. */
  private record Asked(Work work, Use use, Ask ask) {
    Slot slot() {
      return use.slot();
    }
  }

  /**
   * @param contextTokens of the model
   * @param control       what is in force now
   * @param nanoClock     of latencies, the one that {@link Work#readNanos} came from
   * @param finished      told on the calling thread, once for each question whose lane is still held
   */
  Answering(
      Answerer answerer, int contextTokens, ModelSlots slots, Supplier<Control> control, Figures figures,
      InstantSource clock, LongSupplier nanoClock, BiConsumer<Work, Output> finished) {
    this.answerer = answerer;
    this.contextTokens = contextTokens;
    this.slots = slots;
    this.control = control;
    this.figures = figures;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.finished = finished;
  }

  /**
   * Answers questions, those of similar length together.
   *
   * @param most questions in one call of the model
   */
  void answer(List<Work> works, int most) {
    List<Measured> measured = new ArrayList<>();
    for (Work work : works) measure(work).ifPresent(measured::add);
    measured.sort(Comparator.comparingInt(Measured::tokens));
    for (int from = 0; from < measured.size(); from += most) {
      call(measured.subList(from, Math.min(from + most, measured.size())));
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
      if (!work.lane().revoked()) failByModel(work, slotOf(work), e);
    }
    return Optional.empty();
  }

  private void call(List<Measured> measured) {
    List<Asked> rows = new ArrayList<>();
    try {
      for (Measured m : measured) {
        Work work = m.work();
        if (work.lane().revoked()) continue;
        Optional<Use> use = slots.use(work.question().getOptions().getChannel());
        if (use.isPresent()) {
          rows.add(new Asked(work, use.get(), ask(work.question(), use.get().slot().adapter())));
        } else {
          fail(work, slotOf(work), "no release on the " + work.question().getOptions().getChannel() + " channel");
        }
      }
      if (!rows.isEmpty()) ask(rows);
    } finally {
      rows.forEach(row -> row.use().close());
    }
  }

  private void ask(List<Asked> rows) {
    List<Draft> drafts;
    try {
      drafts = answerer.answer(rows.stream().map(Asked::ask).toList());
    } catch (RuntimeException e) {
      if (rows.size() > 1) {
        log.warn("a call with {} questions failed; they are asked one by one", rows.size(), e);
        for (Asked row : rows) ask(List.of(row));
      } else {
        failByModel(rows.getFirst().work(), rows.getFirst().slot(), e);
      }
      return;
    }
    figures.add("inference_calls_total", 1);
    figures.add("inference_call_questions_total", rows.size());
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
    if (work.lane().revoked()) {
      log.debug("question {} is given up, its partition was taken away", work.questionId(), e);
      return;
    }
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
