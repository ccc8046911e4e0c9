package dev.nescio.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides which slices of a partition are measured on their own. Roll-ups over every tenant and domain have one cap,
 * all other slices another of the same size; beyond it answers go to {@link SliceKey#overflow}.
 *
 * <p>A slice without an answer for a week makes room, so that models and policies of the past do not crowd out those of
 * today. A slice that went to the overflow stays there as long as labels can change what is in it: nothing is ever taken
 * out of a sum that it was not put into.
 */
final class SliceCap {

  private final int cap;
  private final int partition;
  private final long keptMinutes;
  private final PaneStore store;
  private final Set<SliceKey> known = new HashSet<>();
  private final Set<SliceKey> rollUps = new HashSet<>();
  private final Set<SliceKey> others = new HashSet<>();
  private final Set<SliceKey> overflows = new HashSet<>();

  /**
   * Starts with the slices of the store, all of them awake.
   *
   * @param cap         slices of either kind
   * @param keptMinutes since an answer came, that it can still change
   */
  SliceCap(int cap, int partition, long keptMinutes, PaneStore store) {
    this.cap = cap;
    this.partition = partition;
    this.keptMinutes = keptMinutes;
    this.store = store;
    store.slices().forEach(this::admit);
  }

  /** The slice itself, or that which takes its answers. */
  SliceKey admitted(SliceKey slice, long minute) {
    if (known.contains(slice)) return admit(slice);
    boolean full = kind(slice).size() >= cap;
    long lastOver = store.over(slice);
    if (!full && lastOver < minute - keptMinutes) return admit(slice);
    if (lastOver != minute) store.over(slice, minute);
    return admit(slice.overflow(partition));
  }

  /** Says that a slice had no answer for a week. It is awake again with its next difference. */
  void rest(SliceKey slice) {
    kind(slice).remove(slice);
  }

  /** Forgets slices that went to the overflow so long ago that nothing in it can be theirs to change. */
  void forget(long minute) {
    store.forgetOver(minute - keptMinutes);
  }

  /** Every slice with sums of its own, overflow included. */
  Set<SliceKey> known() {
    return known;
  }

  /** Those with an answer in the last week. */
  List<SliceKey> awake() {
    return Stream.of(rollUps, others, overflows).flatMap(Set::stream).toList();
  }

  private SliceKey admit(SliceKey slice) {
    known.add(slice);
    kind(slice).add(slice);
    return slice;
  }

  private Set<SliceKey> kind(SliceKey slice) {
    if (slice.isOverflow()) return overflows;
    return slice.rolledUp() ? rollUps : others;
  }
}
