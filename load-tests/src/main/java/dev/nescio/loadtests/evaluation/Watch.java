package dev.nescio.loadtests.evaluation;

import com.sun.management.OperatingSystemMXBean;
import dev.nescio.loadtests.LoadTestException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;

/** Waits until a consumer group has worked through the topics, and notes how fast it was and what it cost. */
final class Watch {

  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int SECONDS_A_LINE = 10;
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * What it took.
   *
   * @param records              that were read in the time
   * @param seconds              from the start until everything was committed
   * @param recordsASecond       over all of it
   * @param secondHalfASecond    records a second over the second half of them, when the code is compiled
   * @param processCpuMicros     CPU time of the whole process a record, broker, compiler and collector included
   * @param secondHalfCpuMicros  the same over the second half
   * @param streamThreadMicros   CPU time of the stream threads a record
   * @param heapMegabytes        in use after the last collection, every ten seconds; the broker's included
   */
  record Cost(long records, double seconds, double recordsASecond, double secondHalfASecond, double processCpuMicros,
      double secondHalfCpuMicros, double streamThreadMicros, List<Long> heapMegabytes) {}

  private record Sample(long nanos, long cpuNanos, long records) {

    static Sample now(long records) {
      return new Sample(System.nanoTime(), SYSTEM.getProcessCpuTime(), records);
    }
  }

  private final Backlog backlog;
  private final Admin admin;
  private final String group;
  private final long records;
  private final Sample start = Sample.now(0);
  private final long streamThreadsBefore = streamThreadNanos();
  private final List<Long> heap = new ArrayList<>();
  private Sample half;

  /**
   * Starts the clock.
   *
   * @param records on the input topics
   */
  Watch(Backlog backlog, Admin admin, String group, long records) {
    this.backlog = backlog;
    this.admin = admin;
    this.group = group;
    this.records = records;
  }

  /**
   * Returns when everything is committed.
   *
   * @param state of the app, for what is said when it does not end
   */
  Cost await(Callable<String> state) throws Exception {
    while (!backlog.done(admin, group)) {
      pause(start.nanos(), state);
      look();
    }
    return cost(records);
  }

  /**
   * Returns when everything is committed, or after a time with what was done until then.
   *
   * @param state of the app, for what is said when it does not end
   */
  Cost await(Callable<String> state, Duration limit) throws Exception {
    while (!backlog.done(admin, group)) {
      if (System.nanoTime() - start.nanos() > limit.toNanos()) return cost(Math.max(1, backlog.read(admin, group)));
      pause(start.nanos(), state);
      look();
    }
    return cost(records);
  }

  private Cost cost(long read) {
    Sample end = Sample.now(read);
    Sample from = half == null ? start : half;
    long late = read - from.records();
    return new Cost(read, seconds(start, end), read / seconds(start, end), late / seconds(from, end),
        micros(start, end) / read, micros(from, end) / late,
        (streamThreadNanos() - streamThreadsBefore) / 1e3 / read, List.copyOf(heap));
  }

  private void look() throws ExecutionException, InterruptedException {
    long read = backlog.read(admin, group);
    Sample now = Sample.now(read);
    if (half == null && read >= records / 2) half = now;
    if (seconds(start, now) <= SECONDS_A_LINE * (heap.size() + 1)) return;
    heap.add(heapAfterCollection());
    System.out.printf("%s: %d of %d records after %.0f s%n", group, read, records, seconds(start, now));
  }

  static void pause(long startNanos, Callable<String> state) throws Exception {
    if (System.nanoTime() - startNanos > PATIENCE.toNanos()) {
      throw new LoadTestException("not done after " + PATIENCE + "; the app is " + state.call());
    }
    LockSupport.parkNanos(LOOK.toNanos());
  }

  private static double seconds(Sample from, Sample to) {
    return (to.nanos() - from.nanos()) / 1e9;
  }

  private static double micros(Sample from, Sample to) {
    return (to.cpuNanos() - from.cpuNanos()) / 1e3;
  }

  /** Of those that live now, so the app has to be running still. */
  private static long streamThreadNanos() {
    long nanos = 0;
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().matches(".*-StreamThread-\\d+")) {
        nanos += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return nanos;
  }

  /** Without asking for a collection, which would cost more than what is measured. */
  private static long heapAfterCollection() {
    return ManagementFactory.getMemoryPoolMXBeans().stream().map(MemoryPoolMXBean::getCollectionUsage)
        .filter(Objects::nonNull).mapToLong(MemoryUsage::getUsed).sum() >> 20;
  }
}
