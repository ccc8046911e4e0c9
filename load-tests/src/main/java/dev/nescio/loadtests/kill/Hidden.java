package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.Target;
import dev.nescio.schemas.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What is in the logs and must not be seen.
 *
 * @param records of aborted transactions: those that a reader of uncommitted records sees beyond a reader of committed
 *                ones
 * @param hanging offsets behind the first open transaction of a partition, summed up; 0 when every transaction has
 *                ended
 */
record Hidden(long records, long hanging) {

  private static final Duration POLL = Duration.ofMillis(100);

  /** On the topics that apps write to in transactions and that are never compacted. */
  private static final List<String> TOPICS = List.of(Topics.ANSWERS.name(), Topics.EVIDENCE.name(),
      Topics.LABELS.name(), Topics.EXAMPLES.name(), Topics.LATE_LABELS.name(), Topics.DEAD_LETTERS.name());

  private record Counted(long records, long ends) {}

  /** Reads the logs twice. */
  static Hidden count(Target target) {
    Counted all = read(target, "read_uncommitted");
    Counted committed = read(target, "read_committed");
    return new Hidden(all.records() - committed.records(), all.ends() - committed.ends());
  }

  private static Counted read(Target target, String isolation) {
    Map<String, Object> settings = new HashMap<>(target.clients().reader());
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = TOPICS.stream().flatMap(name -> consumer.partitionsFor(name).stream())
          .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long records = 0;
      while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
        records += consumer.poll(POLL).count();
      }
      return new Counted(records, ends.values().stream().mapToLong(Long::longValue).sum());
    }
  }
}
