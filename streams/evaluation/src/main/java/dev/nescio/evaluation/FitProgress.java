package dev.nescio.evaluation;

/**
 * How far the labels of one calibrator are. Between two readings of its {@link PointLog}, a label that was taken back
 * after its answer was forgotten counts as one too few.
 *
 * @param n        labelled answers kept
 * @param correct  of these correct
 * @param changes  added or removed since the last fit
 * @param fittedOn labelled answers of the last fit, 0 before the first
 * @param fits     fits so far
 * @param fittedAt milliseconds since 1970 of the last, 0 before the first
 * @param logged   steps in the log
 * @param batches  number of the next batch of the log
 */
record FitProgress(
    long n, long correct, long changes, long fittedOn, long fits, long fittedAt, long logged, long batches) {

  static final FitProgress NONE = new FitProgress(0, 0, 0, 0, 0, 0, 0, 0);

  private static final int VERSION = 2;

  /** A batch was logged. */
  FitProgress logged(PointBatch batch) {
    long more = 0;
    long right = 0;
    for (PointBatch.Step step : batch.steps()) {
      more += step.add() ? 1 : -1;
      if (step.point().correct()) right += step.add() ? 1 : -1;
    }
    int steps = batch.steps().size();
    return new FitProgress(n + more, correct + right, changes + steps, fittedOn, fits, fittedAt, logged + steps,
        batches + 1);
  }

  /** The log was read, and these points count. */
  FitProgress counted(long points, long right) {
    return new FitProgress(points, right, changes, fittedOn, fits, fittedAt, logged, batches);
  }

  /** The log holds nothing but the points that count. */
  FitProgress shortened(long nextBatch) {
    return new FitProgress(n, correct, changes, fittedOn, fits, fittedAt, n, nextBatch);
  }

  FitProgress fitted(long nowMillis) {
    return new FitProgress(n, correct, 0, n, fits + 1, nowMillis, logged, batches);
  }

  /** True when there are enough labels of both kinds, and enough of them or of the time is new. */
  boolean due(EvaluationConfig config, long nowMillis) {
    if (n < config.minLabels() || correct == 0 || correct == n) return false;
    if (fits == 0) return true;
    long since = nowMillis - fittedAt;
    if (changes == 0 || since < config.refitPause().toMillis()) return false;
    return changes >= Math.ceil(config.refitGrowth() * fittedOn) || since >= config.refitInterval().toMillis();
  }

  /** True when the log is far longer than what may be kept of it. */
  boolean overlong(int maxPoints) {
    return logged > 2L * maxPoints;
  }

  /** Later versions sort later. */
  String version() {
    return String.format("evaluation-%06d", fits);
  }

  byte[] toBytes() {
    return new FieldWriter().version(VERSION).number(n).number(correct).number(changes).number(fittedOn).number(fits)
        .number(fittedAt).number(logged).number(batches).toBytes();
  }

  static FitProgress fromBytes(byte[] bytes) {
    FieldReader in = new FieldReader(bytes);
    // The first version kept points elsewhere: only how many fits there were is still true.
    if (in.version("fit progress", VERSION) == 1) {
      for (int field = 0; field < 4; field++) in.number();
      return new FitProgress(0, 0, 0, 0, in.number(), in.number(), 0, 0);
    }
    return new FitProgress(in.number(), in.number(), in.number(), in.number(), in.number(), in.number(), in.number(),
        in.number());
  }
}
