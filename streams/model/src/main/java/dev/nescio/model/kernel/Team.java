package dev.nescio.model.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Threads that share the numbered tasks of one call after another. A decoding step has some 150 such calls, so waiting
 * threads spin for a moment before they sleep.
 *
 * <p>Whoever is free takes the next task, the caller too: a thread that the system does not run holds up nobody unless it
 * was in the middle of a task. One caller at a time.
 */
public final class Team implements AutoCloseable {

  /** About 20 microseconds: longer than the gap between two products, shorter than anybody would notice. */
  private static final int SPINS = 500;

  private final Worker[] workers;
  private volatile Job job;
  private volatile boolean closed;

  /** @param threads at work, the caller included; at least 1 */
  public Team(int threads) {
    if (threads < 1) throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker("nescio-kernel-" + (i + 1));
      workers[i].start();
    }
  }

  /** Threads at work, the caller included. */
  public int size() {
    return workers.length + 1;
  }

  /** Runs tasks 0 to {@code tasks - 1} and returns when all are done; throws what a task threw. */
  public void run(int tasks, IntConsumer task) {
    if (tasks == 1 || workers.length == 0) {
      for (int i = 0; i < tasks; i++) task.accept(i);
      return;
    }
    Job mine = new Job(tasks, task);
    job = mine;
    for (Worker worker : workers) if (worker.asleep) LockSupport.unpark(worker);
    mine.work();
    for (int spins = 0; mine.done.get() < tasks; spins++) {
      // The core may be needed by the very thread that is waited for.
      if (spins < SPINS) Thread.onSpinWait(); else Thread.yield();
    }
    mine.rethrow();
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) LockSupport.unpark(worker);
  }

  private static final class Job {

    private final int tasks;
    private final IntConsumer task;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Throwable failure;

    Job(int tasks, IntConsumer task) {
      this.tasks = tasks;
      this.task = task;
    }

    void work() {
      for (int i; (i = next.getAndIncrement()) < tasks; ) {
        try {
          task.accept(i);
        } catch (RuntimeException | Error e) {
          failure = e;
        } finally {
          done.incrementAndGet();
        }
      }
    }

    void rethrow() {
      switch (failure) {
        case null -> { }
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException("a task threw a checked exception", e);
      }
    }
  }

  private final class Worker extends Thread {

    private volatile boolean asleep;

    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    @Override
    public void run() {
      Job seen = null;
      int spins = 0;
      while (!closed) {
        Job current = job;
        if (current != seen) {
          seen = current;
          spins = 0;
          current.work();
        } else if (spins++ < SPINS) {
          Thread.onSpinWait();
        } else {
          asleep = true;
          if (job == seen && !closed) LockSupport.park(Team.this);
          asleep = false;
          spins = 0;
        }
      }
    }
  }
}
