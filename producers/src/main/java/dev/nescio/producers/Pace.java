package dev.nescio.producers;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * When records of a run are due: {@code start + index / rate}. The schedule does not slip: after a stall, records go
 * out at once until it is caught up.
 */
public final class Pace {

  /** Waits; a test moves its clock instead. */
  public interface Sleeper {
    /** Waits for so many nanoseconds. */
    void sleep(long nanos) throws InterruptedException;
  }

  private static final Pace UNLIMITED = new Pace(0, () -> 0, nanos -> { });

  private final double perSecond;
  private final LongSupplier nanoClock;
  private final Sleeper sleeper;

  private Pace(double perSecond, LongSupplier nanoClock, Sleeper sleeper) {
    this.perSecond = perSecond;
    this.nanoClock = nanoClock;
    this.sleeper = sleeper;
  }

  /** As fast as the broker takes them. */
  public static Pace unlimited() {
    return UNLIMITED;
  }

  /** So many records a second, by the system's clock. */
  public static Pace perSecond(double rate) {
    return perSecond(rate, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
  }

  /** So many records a second, by the given clock in nanoseconds. */
  public static Pace perSecond(double rate, LongSupplier nanoClock, Sleeper sleeper) {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("A rate is a number of records a second above 0, not " + rate);
    }
    return new Pace(rate, nanoClock, sleeper);
  }

  /** Now, as the start of a run. */
  long start() {
    return nanoClock.getAsLong();
  }

  /** Returns when the record with an index, from 0, is due. */
  void await(long start, long index) throws InterruptedException {
    if (perSecond == 0) {
      return;
    }
    long due = start + Math.round(index / perSecond * 1e9);
    long left = due - nanoClock.getAsLong();
    if (left > 0) {
      sleeper.sleep(left);
    }
  }
}
