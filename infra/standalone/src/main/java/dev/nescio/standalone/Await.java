package dev.nescio.standalone;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition. */
final class Await {

  private static final Duration INTERVAL = Duration.ofMillis(100);

  private Await() {}

  /**
   * @param patience how long to wait at most
   * @param what     goes into the message: "waited 60 s for ..."
   * @throws UserError when the time is over
   * @throws StoppedException when the thread is interrupted
   */
  static void until(Duration patience, String what, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (Thread.currentThread().isInterrupted()) throw new StoppedException();
      if (System.nanoTime() > end) {
        throw new UserError("waited " + Terminal.seconds(patience) + " for " + what + " in vain");
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
