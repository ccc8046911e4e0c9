package dev.nescio.evaluation;

/**
 * How far the labels of one calibrator are.
 *
 * @param n        labelled answers kept
 * @param correct  of these correct
 * @param changes  added or removed since the last fit
 * @param fittedOn labelled answers of the last fit, 0 before the first
 * @param fits     fits so far
 * @param fittedAt milliseconds since 1970 of the last, 0 before the first
 */
record FitProgress(long n, long correct, long changes, long fittedOn, long fits, long fittedAt) {

  static final FitProgress NONE = new FitProgress(0, 0, 0, 0, 0, 0);

  private static final int VERSION = 1;

  FitProgress added(boolean right) {
    return new FitProgress(n + 1, correct + (right ? 1 : 0), changes + 1, fittedOn, fits, fittedAt);
  }

  FitProgress removed(boolean right) {
    return new FitProgress(n - 1, correct - (right ? 1 : 0), changes + 1, fittedOn, fits, fittedAt);
  }

  /** The oldest answer gave way to a newer one. */
  FitProgress forgotten(boolean right) {
    return new FitProgress(n - 1, correct - (right ? 1 : 0), changes, fittedOn, fits, fittedAt);
  }

  FitProgress fitted(long nowMillis) {
    return new FitProgress(n, correct, 0, n, fits + 1, nowMillis);
  }

  /** True when there are enough labels of both kinds, and enough of them or of the time is new. */
  boolean due(EvaluationConfig config, long nowMillis) {
    if (n < config.minLabels() || correct == 0 || correct == n) return false;
    if (fits == 0) return true;
    long since = nowMillis - fittedAt;
    if (changes == 0 || since < config.refitPause().toMillis()) return false;
    return changes >= Math.ceil(config.refitGrowth() * fittedOn) || since >= config.refitInterval().toMillis();
  }

  /** Later versions sort later. */
  String version() {
    return String.format("evaluation-%06d", fits);
  }

  byte[] toBytes() {
    return new FieldWriter().version(VERSION).number(n).number(correct).number(changes).number(fittedOn).number(fits)
        .number(fittedAt).toBytes();
  }

  static FitProgress fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    in.version("fit progress", VERSION);
    return new FitProgress(in.number(), in.number(), in.number(), in.number(), in.number(), in.number());
  }
}
