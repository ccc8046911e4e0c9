package dev.nescio.inference;

import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as this instance holds it. Taken away and given back it is another lane, so a result that
 * comes late cannot count for a later holding.
 */
final class Lane {

  private final TopicPartition partition;
  private final PartitionProgress<Output> progress = new PartitionProgress<>();
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

  /** From now on its work is not worth doing. */
  void revoke() {
    revoked = true;
  }

  boolean revoked() {
    return revoked;
  }
}
