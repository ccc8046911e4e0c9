package dev.nescio.evaluation;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The panes of one slice. Mutable; every change is written through to a {@link PaneStore}.
 *
 * <p>The time handed in never goes back, so a pane that was let go is not made again: a difference for it is dropped,
 * since what it would change is gone too. The all-time pane takes every difference. Panes of one minute stay in the
 * store, though not in memory, as long as labels can change them, so that a closed one is published again as a whole.
 */
final class SlicePanes {

  private final SliceKey slice;
  private final PaneStore store;
  private final long closedMinutes;
  private final Map<Resolution, NavigableMap<Long, Tally>> panes = new EnumMap<>(Resolution.class);
  private final TreeSet<Long> unpublished;
  private CalibratorSeen calibrator;
  private long deletedBefore;

  /**
   * Reads what the store has of this slice.
   *
   * @param closedMinutes how long a closed minute can still change
   */
  SlicePanes(SliceKey slice, PaneStore store, long closedMinutes, long nowMinute) {
    this.slice = slice;
    this.store = store;
    this.closedMinutes = closedMinutes;
    for (Resolution resolution : Resolution.values()) {
      panes.put(resolution, store.panes(slice, resolution, Math.max(0, resolution.floor(nowMinute))));
    }
    PaneStore.Meta meta = store.meta(slice);
    this.unpublished = new TreeSet<>(meta.unpublished());
    this.calibrator = meta.calibrator();
  }

  SliceKey slice() {
    return slice;
  }

  CalibratorSeen calibrator() {
    return calibrator;
  }

  /** Merges differences; each pane that they touch is stored once. */
  void apply(List<SliceDelta> deltas, long nowMinute) {
    for (Resolution resolution : Resolution.values()) {
      Set<Long> touched = new TreeSet<>();
      for (SliceDelta delta : deltas) {
        long start = resolution.start(delta.minute());
        if (start < resolution.floor(nowMinute)) {
          if (resolution == Resolution.MINUTE) applyClosed(delta, nowMinute);
          continue;
        }
        panes.get(resolution).computeIfAbsent(start, ignored -> new Tally()).merge(delta.difference());
        touched.add(start);
        if (resolution == Resolution.MINUTE) unpublished.add(start);
      }
      touched.forEach(start -> store.put(slice, resolution, start, panes.get(resolution).get(start)));
    }
    for (SliceDelta delta : deltas) calibrator = calibrator.and(delta.calibrator());
    storeMeta();
  }

  private void applyClosed(SliceDelta delta, long nowMinute) {
    long start = delta.minute();
    if (start < nowMinute - closedMinutes) return;
    Tally pane = store.pane(slice, Resolution.MINUTE, start);
    if (pane == null) pane = new Tally();
    pane.merge(delta.difference());
    store.put(slice, Resolution.MINUTE, start, pane);
    unpublished.add(start);
  }

  /** Lets panes go that are no longer kept. */
  void expire(long nowMinute) {
    for (Resolution resolution : Resolution.values()) {
      long floor = resolution.floor(nowMinute);
      NavigableMap<Long, Tally> old = panes.get(resolution).headMap(floor, false);
      if (resolution != Resolution.MINUTE && !old.isEmpty()) {
        store.delete(slice, resolution, old.firstKey(), floor);
      }
      old.clear();
    }
    long closedFloor = nowMinute - closedMinutes;
    if (closedFloor <= deletedBefore) return;
    store.delete(slice, Resolution.MINUTE, deletedBefore, closedFloor);
    deletedBefore = closedFloor;
  }

  /** True when a pane changed since it was handed out. */
  boolean hasUnpublished() {
    return !unpublished.isEmpty();
  }

  /** The one-minute panes that ended before a minute and changed since they were last handed out. */
  NavigableMap<Long, Tally> closedBefore(long minute) {
    NavigableMap<Long, Tally> closed = new TreeMap<>();
    for (Long start : unpublished.headSet(minute, false)) {
      Tally pane = panes.get(Resolution.MINUTE).get(start);
      if (pane == null) pane = store.pane(slice, Resolution.MINUTE, start);
      if (pane != null) closed.put(start, pane);
    }
    if (unpublished.headSet(minute, false).isEmpty()) return closed;
    unpublished.headSet(minute, false).clear();
    storeMeta();
    return closed;
  }

  /** The merge of the panes of a window. */
  Tally window(WindowKind kind, long nowMinute) {
    Tally merged = new Tally();
    panes.get(kind.resolution()).subMap(kind.start(nowMinute), true, kind.end(nowMinute), false).values()
        .forEach(merged::merge);
    return merged;
  }

  /** Answers with a verdict, ever. */
  long labelled() {
    return window(WindowKind.ALL, 0).summary().outcomes().n();
  }

  private void storeMeta() {
    store.put(slice, new PaneStore.Meta(calibrator, unpublished));
  }
}
