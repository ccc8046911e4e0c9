package dev.nescio.inference;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Questions on their way from the poll thread to the model. The poll thread bounds it, by pausing partitions.
 * Work of revoked lanes is left out.
 */
final class WorkQueue {

  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();

  void add(Work work) {
    queue.add(work);
  }

  int size() {
    return queue.size();
  }

  /** Drops what belongs to revoked lanes. */
  void dropRevoked() {
    queue.removeIf(work -> work.lane().revoked());
  }

  /**
   * Waits for a first question, then at most {@code linger} for more.
   *
   * @param max  questions to take at most
   * @param idle how long to wait for the first
   * @return in the order of arrival; empty when none came
   */
  List<Work> take(int max, Duration idle, Duration linger) throws InterruptedException {
    List<Work> taken = new ArrayList<>();
    Work first = queue.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
    long deadline = System.nanoTime() + linger.toNanos();
    for (Work next = first; next != null; next = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      if (!next.lane().revoked()) taken.add(next);
      if (taken.size() == max) break;
    }
    return taken;
  }
}
