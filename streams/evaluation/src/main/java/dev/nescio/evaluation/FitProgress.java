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

  /** True when there are enough labels of both kinds and enough of them are new. */
  boolean due(int minLabels, double growth) {
    if (n < minLabels || correct == 0 || correct == n) return false;
    return fits == 0 || changes >= Math.max(1, Math.ceil(growth * fittedOn));
  }

  /** True when anything changed since a fit that was made before then. */
  boolean overdue(int minLabels, long beforeMillis) {
    return fits > 0 && fittedAt <= beforeMillis && changes > 0 && n >= minLabels && correct > 0 && correct < n;
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
