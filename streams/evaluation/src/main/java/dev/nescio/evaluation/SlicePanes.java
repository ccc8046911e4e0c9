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
 * since what it would change is gone too. The all-time pane takes every difference.
 */
final class SlicePanes {

  private final SliceKey slice;
  private final PaneStore store;
  private final Map<Resolution, NavigableMap<Long, Tally>> panes = new EnumMap<>(Resolution.class);
  private final TreeSet<Long> unpublished;
  private CalibratorSeen calibrator;

  /** Reads what the store has of this slice. */
  SlicePanes(SliceKey slice, PaneStore store) {
    this.slice = slice;
    this.store = store;
    for (Resolution resolution : Resolution.values()) panes.put(resolution, store.panes(slice, resolution));
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
        if (start < resolution.floor(nowMinute)) continue;
        panes.get(resolution).computeIfAbsent(start, ignored -> new Tally()).merge(delta.difference());
        touched.add(start);
        if (resolution == Resolution.MINUTE) unpublished.add(start);
      }
      touched.forEach(start -> store.put(slice, resolution, start, panes.get(resolution).get(start)));
    }
    for (SliceDelta delta : deltas) calibrator = calibrator.and(delta.calibrator());
    storeMeta();
  }

  /** Lets panes go that are no longer kept. */
  void expire(long nowMinute) {
    for (Resolution resolution : Resolution.values()) {
      NavigableMap<Long, Tally> old = panes.get(resolution).headMap(resolution.floor(nowMinute), false);
      old.keySet().forEach(start -> store.delete(slice, resolution, start));
      old.clear();
    }
  }

  /** The one-minute panes that ended before a minute and changed since they were last handed out. */
  NavigableMap<Long, Tally> closedBefore(long minute) {
    NavigableMap<Long, Tally> closed = new TreeMap<>();
    for (Long start : unpublished.headSet(minute, false)) {
      Tally pane = panes.get(Resolution.MINUTE).get(start);
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
