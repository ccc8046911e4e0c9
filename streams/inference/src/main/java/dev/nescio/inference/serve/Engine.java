package dev.nescio.inference.serve;

import dev.nescio.language.ChatTemplateException;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.TokenListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes calls, each on a virtual thread of its own; the model puts those that run at the same time into one batch. So
 * many run, so many more wait, and the rest is refused at once. Thread-safe.
 */
final class Engine implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Engine.class);
  private static final Duration AFTER_CANCELLING = Duration.ofSeconds(5);

  private final LanguageModel model;
  private final Tokens tokens;
  private final ServeConfig config;
  private final Semaphore admitted;
  private final Semaphore running;
  private final Set<Running> all = ConcurrentHashMap.newKeySet();
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean stopping;

  final LongAdder promptTokens = new LongAdder();
  final LongAdder cachedPromptTokens = new LongAdder();
  final LongAdder generatedTokens = new LongAdder();
  final LongAdder completed = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder refused = new LongAdder();

  /**
   * What a call came to.
   *
   * @param generations one a prompt; empty when nothing was to be generated
   * @param echoes      one a prompt, when they and log-probabilities were asked for
   */
  record Outcome(List<Generation> generations, List<Echo> echoes) {}

  /** Hears of one call: tokens, and at the end one of the two others, unless it was cancelled. */
  interface Listener {
    /** Called by the model's thread: must not block. */
    void token(int request, int sample, Token token);

    void done(Outcome outcome);

    void failed(ApiException e);
  }

  Engine(LanguageModel model, Tokens tokens, ServeConfig config) {
    this.model = model;
    this.tokens = tokens;
    this.config = config;
    admitted = new Semaphore(config.maxConcurrent() + config.maxQueued());
    running = new Semaphore(config.maxConcurrent(), true);
  }

  /** Requests that the model works on. */
  int working() {
    return working.get();
  }

  /** Requests that wait for their turn. */
  int waiting() {
    return waiting.get();
  }

  boolean ready() {
    return !stopping;
  }

  /**
   * Starts a call.
   *
   * @throws ApiException 429 when too many wait, 503 when the server is stopping
   */
  Running start(Call call, Listener listener) {
    if (stopping) throw ApiException.stopping();
    if (!admitted.tryAcquire()) {
      refused.increment();
      throw ApiException.overloaded();
    }
    Running next = new Running(call, listener);
    all.add(next);
    if (stopping) {
      // Whether it was added before or after the look of close() is not known; it has not begun.
      next.forget();
      admitted.release();
      throw ApiException.stopping();
    }
    waiting.incrementAndGet();
    next.thread.start();
    return next;
  }

  /** A call under way. */
  final class Running implements Runnable, TokenListener {

    private final Call call;
    private final Listener listener;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean cancelled;

    private Running(Call call, Listener listener) {
      this.call = call;
      this.listener = listener;
      this.thread = Thread.ofVirtual().name("serve").unstarted(this);
    }

    /** Ends it as soon as the model can: nobody waits for it any more. */
    void cancel() {
      cancelled = true;
      // The thread does nothing but wait, for its turn and then for the model.
      thread.interrupt();
    }

    @Override
    public void token(int request, int sample, Token token) {
      if (cancelled) throw new CancellationException("the client is gone");
      listener.token(request, sample, token);
    }

    /** Its place is free before the listener hears of the end: who has the reply may ask again at once. */
    @Override
    public void run() {
      try {
        Optional<Runnable> end;
        try {
          end = ended();
        } finally {
          admitted.release();
        }
        end.ifPresent(Runnable::run);
      } catch (RuntimeException e) {
        log.error("the end of a call could not be told", e);
      } finally {
        forget();
      }
    }

    /** Does the work and counts what came of it. Returns how to tell of the end, unless nobody waits for it. */
    private Optional<Runnable> ended() {
      try {
        if (!turn()) {
          Engine.this.cancelled.increment();
          return Optional.empty();
        }
        working.incrementAndGet();
        Outcome outcome;
        try {
          outcome = work(call, this);
        } finally {
          working.decrementAndGet();
          running.release();
        }
        if (cancelled) {
          Engine.this.cancelled.increment();
          return Optional.empty();
        }
        completed.increment();
        count(outcome);
        return Optional.of(() -> listener.done(outcome));
      } catch (CancellationException e) {
        Engine.this.cancelled.increment();
        log.debug("a call ended early", e);
        return Optional.empty();
      } catch (RuntimeException e) {
        return failure(e);
      }
    }

    /** What goes wrong because of a cancellation is none. */
    private Optional<Runnable> failure(RuntimeException e) {
      if (cancelled) {
        Engine.this.cancelled.increment();
        log.debug("a call ended early", e);
        return Optional.empty();
      }
      failed.increment();
      ApiException told = explain(e);
      return Optional.of(() -> listener.failed(told));
    }

    private void forget() {
      all.remove(this);
      over.countDown();
    }

    /** @return false when nobody waits any more */
    private boolean turn() {
      try {
        running.acquire();
        return true;
      } catch (InterruptedException e) {
        log.debug("a call was cancelled while it waited", e);
        return false;
      } finally {
        waiting.decrementAndGet();
      }
    }
  }

  private Outcome work(Call call, TokenListener live) {
    List<Echo> echoes =
        call.echo() && call.logProbs()
            ? call.requests().stream().map(r -> Echo.of(model, tokens, r.prompt(), r.adapter())).toList()
            : List.of();
    List<GenerationRequest> requests = call.requests();
    return new Outcome(call.generates() ? model.generate(requests, live) : List.of(), echoes);
  }

  private void count(Outcome outcome) {
    for (Generation generation : outcome.generations()) {
      promptTokens.add(generation.promptTokens());
      cachedPromptTokens.add(generation.cachedPromptTokens());
      for (Sequence sequence : generation.sequences()) generatedTokens.add(sequence.generatedTokens());
    }
    for (Echo echo : outcome.echoes()) promptTokens.add(echo.rows().size());
  }

  private static ApiException explain(RuntimeException e) {
    if (e instanceof ApiException api) return api;
    if (e instanceof PromptTooLongException) {
      return ApiException.invalid("prompt", "context_length_exceeded", e.getMessage());
    }
    if (e instanceof ChatTemplateException) return ApiException.invalid("messages", e.getMessage());
    if (e instanceof IllegalArgumentException) return ApiException.invalid(null, e.getMessage());
    log.error("the model failed on a request", e);
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return ApiException.of(500, "the model failed: " + reason);
  }

  /** Takes no more calls, and waits for those under way as long as the configuration says; then they are cancelled. */
  @Override
  public void close() {
    stopping = true;
    try {
      if (allOver(config.grace())) return;
      all.forEach(Running::cancel);
      if (!allOver(AFTER_CANCELLING)) log.warn("{} requests are left to end by themselves", all.size());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the listeners of all calls have heard of the end, at most so long. */
  private boolean allOver(Duration longest) throws InterruptedException {
    long deadline = System.nanoTime() + longest.toNanos();
    for (Running call : all) {
      if (!call.over.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) return false;
    }
    return true;
  }
}
