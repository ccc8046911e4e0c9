package dev.nescio.loadtests;

import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Walks a schedule in real time. Never skips and never slips: after a stall, what is overdue goes out at once.
 *
 * @param nanoClock monotonic
 * @param sleeper   waits; a test moves its clock instead
 */
record Pacer(LongSupplier nanoClock, Sleeper sleeper) {

  /** Waits for so many nanoseconds, above 0. */
  interface Sleeper {
    void sleep(long nanos) throws InterruptedException;
  }

  /**
   * Sends every question when it is due, and calls the interruption at its times in between.
   *
   * @param start          on the clock
   * @param interruptions  nanoseconds after the start, ascending
   * @param send           gets the index of a question
   * @param interruption   may take long; later questions are then overdue
   */
  void run(Schedule schedule, long start, List<Long> interruptions, IntConsumer send, Runnable interruption)
      throws InterruptedException {
    int interrupted = 0;
    for (int index = 0; index < schedule.size(); index++) {
      long due = schedule.due(index);
      while (interrupted < interruptions.size() && interruptions.get(interrupted) <= due) {
        await(start + interruptions.get(interrupted++));
        interruption.run();
      }
      await(start + due);
      send.accept(index);
    }
    while (interrupted < interruptions.size()) {
      await(start + interruptions.get(interrupted++));
      interruption.run();
    }
  }

  private void await(long due) throws InterruptedException {
    for (long left = due - nanoClock.getAsLong(); left > 0; left = due - nanoClock.getAsLong()) {
      sleeper.sleep(left);
    }
  }
}
