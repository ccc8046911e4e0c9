package dev.nescio.schemas.topics;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Where a keyed record belongs: murmur2 over the key's bytes, as Kafka's own clients choose. */
public final class Partitioning {

  private Partitioning() {}

  /**
   * The partition of a key.
   *
   * @param partitions number of partitions of the topic, at least 1
   */
  public static int expectedPartition(String key, int partitions) {
    return expectedPartition(key.getBytes(StandardCharsets.UTF_8), partitions);
  }

  /** The partition of a key's bytes. */
  public static int expectedPartition(byte[] key, int partitions) {
    if (partitions < 1) {
      throw new IllegalArgumentException("A topic has at least one partition, not " + partitions);
    }
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  /** What to tell the producer of a record that came on another partition; names the fix. */
  public static String wrongPartitionMessage(String topic, String key, int partition, int partitions) {
    return "Key \"" + key + "\" came on partition " + partition + " of " + topic + ", but murmur2 over " + partitions
        + " partitions gives " + expectedPartition(key, partitions)
        + ". Set partitioner=murmur2_random in librdkafka clients (kcat: -X partitioner=murmur2_random)";
  }
}
