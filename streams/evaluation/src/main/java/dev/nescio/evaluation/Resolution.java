package dev.nescio.evaluation;

/**
 * A length of panes and how long they are kept: one minute for an hour, five minutes for a day, one hour for a week,
 * and one pane for all time. Times are in minutes since 1970.
 */
enum Resolution {
  MINUTE(1, 60),
  FIVE_MINUTES(5, 24 * 60),
  HOUR(60, 7 * 24 * 60),
  ALL_TIME(0, 0);

  private final long minutes;
  private final long keptMinutes;

  Resolution(long minutes, long keptMinutes) {
    this.minutes = minutes;
    this.keptMinutes = keptMinutes;
  }

  /** Start of the pane that a minute is in; 0 for all time. */
  long start(long minute) {
    return this == ALL_TIME ? 0 : Math.floorDiv(minute, minutes) * minutes;
  }

  /** End of the pane that the current minute is in. */
  long end(long minute) {
    return start(minute) + minutes;
  }

  /** The earliest start that is still kept. */
  long floor(long nowMinute) {
    return this == ALL_TIME ? 0 : end(nowMinute) - keptMinutes;
  }
}
