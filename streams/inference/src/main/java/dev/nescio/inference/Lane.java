package dev.nescio.inference;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as this instance holds it. Taken away and given back it is another lane, so a result that
 * comes late cannot count for a later holding.
 */
final class Lane {

  private final TopicPartition partition;
  private final PartitionProgress<Output> progress = new PartitionProgress<>();
  private final Set<Thread> working = ConcurrentHashMap.newKeySet();
  private volatile boolean revoked;

  Lane(TopicPartition partition) {
    this.partition = partition;
  }

  TopicPartition partition() {
    return partition;
  }

  /** Only for the poll thread. */
  PartitionProgress<Output> progress() {
    return progress;
  }

  /** From now on its work is not worth doing: threads that do nothing else are interrupted. */
  void revoke() {
    revoked = true;
    working.forEach(Thread::interrupt);
  }

  boolean revoked() {
    return revoked;
  }

  /** This thread works for this lane alone, until {@link #left}. */
  void entered(Thread thread) {
    working.add(thread);
    if (revoked) thread.interrupt();
  }

  void left(Thread thread) {
    working.remove(thread);
  }
}
