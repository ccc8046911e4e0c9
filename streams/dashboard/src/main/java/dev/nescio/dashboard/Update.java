package dev.nescio.dashboard;

import java.util.Objects;

/**
 * The current state of one thing on the page. A later update of the same type and key replaces an earlier one, so a
 * reader that missed some is right as soon as it has the last.
 *
 * @param type  kind of thing, the name of the server-sent event: {@code slice}, {@code answer}, {@code training}, ...
 * @param key   identifies the thing within its type
 * @param value immutable view of it; null when the thing is gone
 * @param json  the event's payload: {@code {"key": ..., "value": ...}} on one line
 */
public record Update(String type, String key, Object value, String json) {
  public Update {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(json, "json");
  }

  /** Identity among all updates. */
  String id() {
    return type + ' ' + key;
  }
}
