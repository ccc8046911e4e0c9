package dev.nescio.dashboard;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as the page gets them. */
final class Times {

  private Times() {}

  /** Microseconds since the epoch; null stays null. */
  static Long micros(Instant instant) {
    return instant == null ? null : ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
