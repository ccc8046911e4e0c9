package dev.nescio.evaluation;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The panes of one slice, in a {@link PaneStore}, and the windows over them, in memory. Mutable.
 *
 * <p>A window is a running sum: a difference goes in when it comes, a pane goes out when the window leaves it. Sums are
 * exact, so this equals the merge of the panes of the window, without holding or merging hundreds of them.
 *
 * <p>The time handed in never goes back, so a pane that was let go is not made again: a difference for it is dropped,
 * since what it would change is gone too. The all-time pane takes every difference. Panes of one minute stay as long as
 * labels can change them, so that a closed one is published again as a whole.
 */
final class SlicePanes {

  private final SliceKey slice;
  private final PaneStore store;
  private final long closedMinutes;
  private final Map<WindowKind, Tally> windows = new EnumMap<>(WindowKind.class);
  /** The pane of each length that changed last; most differences are about the current one. */
  private final Map<Resolution, Recent> recent = new EnumMap<>(Resolution.class);
  private final TreeSet<Long> unpublished;
  private CalibratorSeen calibrator;
  /** The minute that the windows are about. */
  private long at;
  private long cleanedAt = -1;

  private record Recent(long start, Tally pane) {}

  /**
   * Reads what the store has of this slice.
   *
   * @param closedMinutes how long a closed minute can still change
   */
  SlicePanes(SliceKey slice, PaneStore store, long closedMinutes, long nowMinute) {
    this.slice = slice;
    this.store = store;
    this.closedMinutes = closedMinutes;
    this.at = nowMinute;
    for (WindowKind kind : WindowKind.values()) {
      Tally window = new Tally();
      store.each(slice, kind.resolution(), kind.start(at), kind.end(at), window::merge);
      windows.put(kind, window);
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

  /** Merges differences, which are not the caller's any more; each pane that they touch is stored once. */
  void apply(Collection<SliceDelta> deltas, long nowMinute) {
    advance(nowMinute);
    NavigableMap<Long, Tally> differences = new TreeMap<>();
    for (SliceDelta delta : deltas) differences.merge(delta.minute(), delta.difference(), Tally::and);
    // Each length is a multiple of the one before, so its sums are sums of those.
    for (Resolution resolution : Resolution.values()) {
      differences = regrouped(differences, resolution);
      apply(differences, resolution);
    }
    for (SliceDelta delta : deltas) calibrator = calibrator.and(delta.calibrator());
    storeMeta();
  }

  private static NavigableMap<Long, Tally> regrouped(NavigableMap<Long, Tally> finer, Resolution resolution) {
    NavigableMap<Long, Tally> sums = new TreeMap<>();
    finer.forEach((start, difference) -> sums.merge(resolution.start(start), difference, Tally::and));
    return sums;
  }

  private void apply(NavigableMap<Long, Tally> differences, Resolution resolution) {
    long floor = resolution == Resolution.MINUTE ? at - closedMinutes : resolution.floor(at);
    differences.tailMap(floor, true).forEach((start, difference) -> {
      Tally pane = pane(resolution, start);
      pane.merge(difference);
      store.put(slice, resolution, start, pane);
      recent.put(resolution, new Recent(start, pane));
    });
    if (resolution == Resolution.MINUTE) unpublished.addAll(differences.tailMap(floor, true).keySet());
    windows.forEach((kind, window) -> {
      if (kind.resolution() == resolution) {
        differences.subMap(kind.start(at), kind.end(at)).values().forEach(window::merge);
      }
    });
  }

  private Tally pane(Resolution resolution, long start) {
    Recent last = recent.get(resolution);
    if (last != null && last.start() == start) return last.pane();
    Tally stored = store.pane(slice, resolution, start);
    return stored == null ? new Tally() : stored;
  }

  /** Moves the windows on, and lets panes go that are no longer kept. */
  void advance(long nowMinute) {
    if (nowMinute <= at) return;
    for (WindowKind kind : WindowKind.values()) {
      if (!kind.bounded()) continue;
      Tally window = windows.get(kind);
      long left = Math.min(kind.start(nowMinute), kind.end(at));
      store.each(slice, kind.resolution(), kind.start(at), left, window::subtract);
      // Answers may be dated ahead of this clock: their panes were stored, and come into view now.
      long entered = Math.max(kind.end(at), kind.start(nowMinute));
      store.each(slice, kind.resolution(), entered, kind.end(nowMinute), window::merge);
    }
    at = nowMinute;
    clean();
  }

  private void clean() {
    for (Resolution resolution : Resolution.values()) {
      if (resolution == Resolution.ALL_TIME) continue;
      long keptBefore = cleanedAt < 0 ? 0 : floor(resolution, cleanedAt);
      long kept = floor(resolution, at);
      if (kept > keptBefore) store.delete(slice, resolution, keptBefore, kept);
    }
    cleanedAt = at;
  }

  private long floor(Resolution resolution, long minute) {
    return Math.max(0, resolution == Resolution.MINUTE ? minute - closedMinutes : resolution.floor(minute));
  }

  /** True when a pane changed since it was handed out. */
  boolean hasUnpublished() {
    return !unpublished.isEmpty();
  }

  /** The one-minute panes that ended before a minute and changed since they were last handed out. */
  NavigableMap<Long, Tally> closedBefore(long minute) {
    NavigableMap<Long, Tally> closed = new TreeMap<>();
    Set<Long> ended = unpublished.headSet(minute, false);
    if (ended.isEmpty()) return closed;
    for (Long start : ended) {
      if (start >= at - closedMinutes) closed.put(start, pane(Resolution.MINUTE, start));
    }
    ended.clear();
    storeMeta();
    return closed;
  }

  /** True when there is no answer of the last week, nor one dated ahead of this clock. */
  boolean atRest() {
    WindowKind week = WindowKind.SEVEN_DAYS;
    return windows.get(week).isEmpty() && !store.anyFrom(slice, week.resolution(), week.end(at));
  }

  /** The sum over a window, to be read only. */
  Tally window(WindowKind kind) {
    return windows.get(kind);
  }

  /** Answers with a verdict, ever. */
  long labelled() {
    return window(WindowKind.ALL).summary().outcomes().n();
  }

  private void storeMeta() {
    store.put(slice, new PaneStore.Meta(calibrator, unpublished));
  }
}
