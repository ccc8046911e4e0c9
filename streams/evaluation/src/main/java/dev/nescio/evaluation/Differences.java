package dev.nescio.evaluation;

import dev.nescio.evaluation.JoinEffects.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gathers what changed since the last drain, so that the sums of a second cross the network instead of every label. A
 * change is added once, where its answer belongs; the slices that roll up are summed when it is drained, which has to
 * be before each commit.
 */
final class Differences {

  /** What was gathered: differences by slice and minute, and points by calibrator key. */
  record Drained(Map<SliceKey, Map<Long, SliceDelta>> deltas, Map<String, List<PointBatch.Step>> points) {}

  private static final long MICROS_PER_MINUTE = 60_000_000L;

  private final Map<Origin, Map<Long, SliceDelta>> byOrigin = new LinkedHashMap<>();
  private final Map<Origin, List<PointBatch.Step>> points = new LinkedHashMap<>();
  private int size;

  /** Changes gathered since the last drain. */
  int size() {
    return size;
  }

  void add(Change change) {
    size++;
    AnswerFacts answer = change.after().answer();
    SliceDelta delta = byOrigin.computeIfAbsent(answer.origin(), ignored -> new HashMap<>())
        .computeIfAbsent(minute(answer.answeredAt()), SliceDelta::new);
    if (change.before() != null) {
      delta.remove(change.before());
      point(false, change.before());
    }
    delta.add(change.after());
    point(true, change.after());
  }

  /** Hands out what was gathered and starts anew. */
  Drained drain() {
    Map<SliceKey, Map<Long, SliceDelta>> deltas = new LinkedHashMap<>();
    byOrigin.forEach((origin, byMinute) -> SliceKey.of(origin).forEach(slice -> {
      Map<Long, SliceDelta> sums = deltas.computeIfAbsent(slice, ignored -> new TreeMap<>());
      byMinute.forEach((minute, delta) -> sums.computeIfAbsent(minute, SliceDelta::new).and(delta));
    }));
    Map<String, List<PointBatch.Step>> steps = new LinkedHashMap<>();
    points.forEach((origin, some) -> CalibratorScopes.of(origin)
        .forEach(key -> steps.computeIfAbsent(key, ignored -> new ArrayList<>()).addAll(some)));
    byOrigin.clear();
    points.clear();
    size = 0;
    return new Drained(deltas, steps);
  }

  /** The minute of an answer's time. */
  static long minute(long answeredAt) {
    return Math.floorDiv(answeredAt, MICROS_PER_MINUTE);
  }

  private void point(boolean add, Contribution contribution) {
    Point point = Point.of(contribution);
    if (point == null) return;
    points.computeIfAbsent(contribution.answer().origin(), ignored -> new ArrayList<>())
        .add(new PointBatch.Step(add, point));
  }
}
