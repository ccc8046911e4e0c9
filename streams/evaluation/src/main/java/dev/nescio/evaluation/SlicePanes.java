package dev.nescio.evaluation;

import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The panes of one slice. Mutable; every change is written through to a {@link PaneStore}.
 *
 * <p>The time handed in never goes back, so a pane that was let go is not made again: a difference for it is dropped, since
 * what it would change is gone too. The all-time pane takes every difference.
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

  void apply(SliceDelta delta, long nowMinute) {
    for (Resolution resolution : Resolution.values()) {
      long start = resolution.start(delta.minute());
      if (start < resolution.floor(nowMinute)) continue;
      Tally pane = panes.get(resolution).computeIfAbsent(start, ignored -> new Tally());
      pane.merge(delta.difference());
      store.put(slice, resolution, start, pane);
    }
    if (delta.minute() >= Resolution.MINUTE.floor(nowMinute)) unpublished.add(delta.minute());
    calibrator = calibrator.and(delta.calibrator());
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

  private void storeMeta() {
    store.put(slice, new PaneStore.Meta(calibrator, unpublished));
  }
}
