package dev.nescio.inference;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes questions from the queue and has them answered, so many at the same time.
 *
 * <p>With a model that joins calls every question is a call of its own: a finished one leaves, and the next comes in at
 * once, whatever the others do. Other models are asked for one batch after the other, each of similar length.
 */
final class AnswerStage implements Runnable {

  private static final Duration IDLE = Duration.ofMillis(100);

  /** Batches that are sorted by length together; more pads less, fewer answers the oldest sooner. */
  private static final int BATCHES_SORTED = 4;

  private final WorkQueue queue;
  private final Answering answering;
  private final boolean flowing;
  private final int rows;
  private final Duration linger;
  private final Semaphore free;
  private final AtomicInteger atWork = new AtomicInteger();
  private volatile boolean stopping;
  private volatile Throwable failure;

  /**
   * @param flowing true for a model that joins calls
   * @param rows    questions in the model at the same time, at least 1
   * @param linger  longest wait for a batch to fill; flowing questions wait for no others
   */
  AnswerStage(WorkQueue queue, Answering answering, boolean flowing, int rows, Duration linger) {
    this.queue = queue;
    this.answering = answering;
    this.flowing = flowing;
    this.rows = rows;
    this.linger = linger;
    this.free = new Semaphore(rows);
  }

  /** Takes no more questions. Those in the model are not waited for here: revoking their lanes ends them. */
  void stop() {
    stopping = true;
  }

  /** Questions in the model now. */
  int answering() {
    return atWork.get();
  }

  /**
   * Returns when it was stopped and the last question has left the model, or when it is interrupted.
   *
   * @throws IllegalStateException if a question came to neither an answer nor an ERROR
   */
  @Override
  public void run() {
    try {
      while (!stopping) {
        if (flowing) flow();
        else batches(queue.take(rows * BATCHES_SORTED, IDLE, linger));
        if (failure != null) throw new IllegalStateException("a question came to no end", failure);
      }
      free.acquire(rows);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void flow() throws InterruptedException {
    if (!free.tryAcquire(IDLE.toNanos(), TimeUnit.NANOSECONDS)) return;
    List<Work> next = stopping ? List.of() : queue.take(1, IDLE, Duration.ZERO);
    if (next.isEmpty()) free.release();
    else Thread.ofVirtual().name("nescio-question").start(() -> answer(next.getFirst()));
  }

  private void answer(Work work) {
    Thread thread = Thread.currentThread();
    work.lane().entered(thread);
    atWork.incrementAndGet();
    try {
      answering.answer(List.of(work), 1);
    } catch (RuntimeException | Error e) {
      // Its partition could never be committed again.
      failure = e;
    } finally {
      atWork.decrementAndGet();
      work.lane().left(thread);
      free.release();
    }
  }

  private void batches(List<Work> works) {
    atWork.set(works.size());
    answering.answer(works, rows);
    atWork.set(0);
  }
}
