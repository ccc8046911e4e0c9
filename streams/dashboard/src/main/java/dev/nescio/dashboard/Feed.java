package dev.nescio.dashboard;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * A topic that a section reads.
 *
 * @param topic name of the topic
 * @param type  class of its values; {@code byte[].class} to see them raw
 * @param from  where to begin on a fresh start
 * @param fold  what to do with each record, in the order of its partition
 */
public record Feed<V>(String topic, Class<V> type, From from, Consumer<Received<V>> fold) {

  /** Where reading begins. */
  public enum From {
    /** At the first record: compacted topics and those that are folded whole. */
    BEGINNING,
    /** At the configured time span before the start: topics that only grow. */
    TAIL
  }

  public Feed {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(fold, "fold");
  }
}
