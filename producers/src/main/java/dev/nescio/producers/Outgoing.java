package dev.nescio.producers;

import dev.nescio.schemas.topics.DeadLetterCause;

/** What a source makes of an item: a record, or the reason why there is none. */
sealed interface Outgoing<V> {

  /** A record for the topic. */
  record Record<V>(String item, String key, V value) implements Outgoing<V> {}

  /** An item that is not sent. */
  record Refused<V>(String item, DeadLetterCause cause, String message) implements Outgoing<V> {}
}
