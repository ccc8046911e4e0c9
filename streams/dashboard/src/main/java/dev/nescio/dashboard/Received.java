package dev.nescio.dashboard;

import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;

/**
 * One record as a section sees it.
 *
 * @param key     text of the key; empty when the record had none
 * @param value   decoded value; null is a tombstone
 * @param headers headers of the record
 * @param at      timestamp of the record
 */
public record Received<V>(String key, V value, Headers headers, Instant at) {
  public Received {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(at, "at");
  }
}
