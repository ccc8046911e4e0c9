package dev.nescio.evaluation;

/** The windows that are shown, each a merge of panes by the answers' own time. The pane of now is the last one. */
enum WindowKind {
  FIVE_MINUTES("5m", Resolution.MINUTE, 5),
  ONE_HOUR("1h", Resolution.MINUTE, 60),
  ONE_DAY("24h", Resolution.FIVE_MINUTES, 24 * 60),
  SEVEN_DAYS("7d", Resolution.HOUR, 7 * 24 * 60),
  ALL("all", Resolution.ALL_TIME, 0);

  private final String wireName;
  private final Resolution resolution;
  private final long minutes;

  WindowKind(String wireName, Resolution resolution, long minutes) {
    this.wireName = wireName;
    this.resolution = resolution;
    this.minutes = minutes;
  }

  String wireName() {
    return wireName;
  }

  Resolution resolution() {
    return resolution;
  }

  boolean bounded() {
    return this != ALL;
  }

  /** First minute of the window, included. */
  long start(long nowMinute) {
    return bounded() ? end(nowMinute) - minutes : 0;
  }

  /** First minute after the window. */
  long end(long nowMinute) {
    return bounded() ? resolution.end(nowMinute) : Long.MAX_VALUE;
  }
}
