package dev.nescio.loadtests.model;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Lets two sides do the same work by turns, so that whatever the machine does meanwhile meets both. Who goes first
 * changes from run to run.
 */
final class Turns {

  /** The threads of the side that has just worked wait a moment by spinning before they sleep. */
  private static final Duration REST = Duration.ofMillis(150);

  private final Tasks tasks;
  private final Side ours;
  private final Side peer;
  private final Consumer<String> progress;

  /** Makes the runs of a workload. */
  @FunctionalInterface
  interface Tasks {

    /** @param run from 0, which is the one that is not measured */
    Task of(ModelWorkload workload, int run);
  }

  /** @param progress hears a line after every run */
  Turns(Tasks tasks, Side ours, Side peer, Consumer<String> progress) {
    this.tasks = tasks;
    this.ours = ours;
    this.peer = peer;
    this.progress = progress;
  }

  /** @param runs measured, at least 1 */
  Comparison compare(ModelWorkload workload, int runs) throws IOException {
    List<Task.Done> mine = new ArrayList<>();
    List<Task.Done> theirs = new ArrayList<>();
    for (int run = 0; run <= runs; run++) {
      Task task = tasks.of(workload, run);
      Task.Done first = rested(run % 2 == 0 ? peer : ours, task);
      Task.Done second = rested(run % 2 == 0 ? ours : peer, task);
      Task.Done own = run % 2 == 0 ? second : first;
      Task.Done other = run % 2 == 0 ? first : second;
      if (run > 0) {
        mine.add(own);
        theirs.add(other);
      }
      progress.accept(String.format(Locale.ROOT, "%-14s %s  nescio %7.2f s %6.0f tokens/s   peer %7.2f s %6.0f tokens/s"
          + "   ratio %.2f", workload.name(), run == 0 ? "warm-up" : "run " + run + "/" + runs, own.seconds(),
          own.tokensPerSecond(), other.seconds(), other.tokensPerSecond(),
          own.tokensPerSecond() / other.tokensPerSecond()));
    }
    return Comparison.of(workload, mine, theirs);
  }

  private static Task.Done rested(Side side, Task task) throws IOException {
    LockSupport.parkNanos(REST.toNanos());
    return side.run(task);
  }
}
