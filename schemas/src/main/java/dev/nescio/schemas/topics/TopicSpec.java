package dev.nescio.schemas.topics;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a broker has to know about one topic.
 *
 * @param name       {@code <area>.<plural>.v<major>}
 * @param cleanup    what may be removed
 * @param retention  age from which records of a {@link Cleanup#DELETE} topic go; empty keeps them for ever
 * @param partitions how the partition count is chosen
 */
public record TopicSpec(String name, Cleanup cleanup, Optional<Duration> retention, Partitions partitions) {

  /** Largest record batch that any topic takes, in bytes: a dead letter is its original plus the headers. */
  public static final int MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

  /** What the broker may remove. */
  public enum Cleanup {
    /** Records older than the retention. */
    DELETE,
    /** All but the newest record of each key. */
    COMPACT
  }

  /** How the partition count is chosen. */
  public enum Partitions {
    /** Keyed by questionId and joined with other topics: all of these share one count. */
    KEYED_INPUT,
    /** Any count. */
    FREE,
    /** One: the order of all records matters, or its single partition is a lock. */
    SINGLE
  }

  /** Checks the combination. */
  public TopicSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(cleanup, "cleanup");
    Objects.requireNonNull(partitions, "partitions");
    if (cleanup == Cleanup.COMPACT && retention.isPresent()) {
      throw new IllegalArgumentException("Topic " + name + " is compacted, so it has no retention");
    }
    if (retention.isPresent() && !retention.get().isPositive()) {
      throw new IllegalArgumentException("Topic " + name + " has a retention of " + retention.get());
    }
  }

  /** True when records of this topic meet records of other topics by questionId. */
  public boolean keyedInput() {
    return partitions == Partitions.KEYED_INPUT;
  }

  /** The number of partitions to create, given the count that keyed and free topics use. */
  public int partitionCount(int shared) {
    return partitions == Partitions.SINGLE ? 1 : shared;
  }

  /** Topic configuration as the broker names it. */
  public Map<String, String> config() {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("cleanup.policy", cleanup == Cleanup.COMPACT ? "compact" : "delete");
    if (cleanup == Cleanup.DELETE) {
      config.put("retention.ms", Long.toString(retention.map(Duration::toMillis).orElse(-1L)));
    }
    config.put("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
    return config;
  }
}
