package dev.nescio.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions are read and from where, without a consumer group. It outlives a consumer: a new one goes on where
 * the last one was. Not thread-safe.
 */
final class Assignment {

  private final Map<String, Feed.From> topics;
  private final Instant tailStart;
  private final Duration timeout;
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private final Map<TopicPartition, Long> firstEnds = new HashMap<>();

  /**
   * @param topics    what to read
   * @param tailStart time from which topics that only grow are read
   * @param timeout   longest wait for the broker
   */
  Assignment(Map<String, Feed.From> topics, Instant tailStart, Duration timeout) {
    this.topics = Map.copyOf(topics);
    this.tailStart = tailStart;
    this.timeout = timeout;
  }

  /** Takes up partitions that appeared; returns the topics that do not exist. */
  List<String> refresh(Consumer<byte[], byte[]> consumer) {
    Map<String, List<PartitionInfo>> existing = consumer.listTopics(timeout);
    List<String> missing = new ArrayList<>();
    Set<TopicPartition> wanted = new HashSet<>(consumer.assignment());
    List<TopicPartition> fresh = new ArrayList<>();
    for (String topic : topics.keySet().stream().sorted().toList()) {
      List<PartitionInfo> partitions = existing.get(topic);
      if (partitions == null) missing.add(topic);
      else partitions.forEach(p -> add(new TopicPartition(topic, p.partition()), wanted, fresh));
    }
    if (!fresh.isEmpty()) {
      consumer.assign(wanted);
      seek(consumer, fresh);
    }
    return missing;
  }

  private static void add(TopicPartition partition, Set<TopicPartition> wanted, List<TopicPartition> fresh) {
    if (wanted.add(partition)) fresh.add(partition);
  }

  private void seek(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> fresh) {
    List<TopicPartition> fromBeginning = new ArrayList<>();
    Map<TopicPartition, Long> fromTime = new HashMap<>();
    for (TopicPartition partition : fresh) {
      Long at = next.get(partition);
      if (at != null) consumer.seek(partition, at);
      else if (topics.get(partition.topic()) == Feed.From.BEGINNING) fromBeginning.add(partition);
      else fromTime.put(partition, tailStart.toEpochMilli());
    }
    if (!fromBeginning.isEmpty()) consumer.seekToBeginning(fromBeginning);
    Map<TopicPartition, Long> ends = consumer.endOffsets(fresh, timeout);
    Map<TopicPartition, OffsetAndTimestamp> starts =
        fromTime.isEmpty() ? Map.of() : consumer.offsetsForTimes(fromTime, timeout);
    for (TopicPartition partition : fromTime.keySet()) {
      OffsetAndTimestamp start = starts.get(partition);
      consumer.seek(partition, start == null ? ends.get(partition) : start.offset());
    }
    ends.forEach(firstEnds::putIfAbsent);
  }

  /** Notes that everything before an offset was handled. */
  void handled(TopicPartition partition, long nextOffset) {
    next.put(partition, nextOffset);
  }

  /** True when all that was there when its partition was taken up has been read. */
  boolean caughtUp(Consumer<byte[], byte[]> consumer) {
    return firstEnds.entrySet().stream()
        .allMatch(e -> consumer.assignment().contains(e.getKey())
            && consumer.position(e.getKey(), timeout) >= e.getValue());
  }

  /** Records that are known to be there and are not read. */
  long behind(Consumer<byte[], byte[]> consumer) {
    return consumer.assignment().stream()
        .map(consumer::currentLag)
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .sum();
  }
}
