package dev.nescio.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What was read of one partition and is not committed yet. Work finishes in any order; only the contiguous finished
 * beginning may be committed, so that an offset never passes a question without its answer. Not thread-safe.
 *
 * @param <T> the result of one record
 */
final class PartitionProgress<T> {

  /** In the order of reading; the head is the oldest record without a commit. */
  private final ArrayDeque<Slot<T>> slots = new ArrayDeque<>();

  private final Map<Long, Slot<T>> byOffset = new HashMap<>();
  private int waiting;

  /**
   * A finished beginning.
   *
   * @param results    of the records below {@code nextOffset}, in order
   * @param nextOffset the offset to commit: that of the first record that is not in {@code results}
   */
  record Prefix<T>(List<T> results, long nextOffset) {
    Prefix {
      results = List.copyOf(results);
    }
  }

  private static final class Slot<T> {
    private final long offset;
    private T result;

    private Slot(long offset) {
      this.offset = offset;
    }
  }

  /**
   * @throws IllegalArgumentException if the offset is not above all before it
   */
  void read(long offset) {
    if (!slots.isEmpty() && offset <= slots.getLast().offset) {
      throw new IllegalArgumentException("offset " + offset + " after " + slots.getLast().offset);
    }
    Slot<T> slot = new Slot<>(offset);
    slots.add(slot);
    byOffset.put(offset, slot);
    waiting++;
  }

  /**
   * @throws IllegalStateException if the offset was not read, is committed or was finished before
   */
  void finish(long offset, T result) {
    Slot<T> slot = byOffset.get(offset);
    if (slot == null) throw new IllegalStateException("offset " + offset + " is not under way");
    if (slot.result != null) throw new IllegalStateException("offset " + offset + " is finished already");
    slot.result = Objects.requireNonNull(result, "result");
    waiting--;
  }

  /** True while the offset waits for its result. */
  boolean underWay(long offset) {
    Slot<T> slot = byOffset.get(offset);
    return slot != null && slot.result == null;
  }

  /** The longest finished beginning, at most {@code limit} records; its results stay until {@link #committed}. */
  Prefix<T> prefix(int limit) {
    List<T> results = new ArrayList<>();
    long next = slots.isEmpty() ? 0 : slots.getFirst().offset;
    for (Slot<T> slot : slots) {
      if (slot.result == null || results.size() == limit) break;
      results.add(slot.result);
      next = slot.offset + 1;
    }
    return new Prefix<>(results, next);
  }

  /**
   * Forgets everything below {@code nextOffset}.
   *
   * @return the results among it, in order
   */
  List<T> committed(long nextOffset) {
    List<T> results = new ArrayList<>();
    while (!slots.isEmpty() && slots.getFirst().offset < nextOffset) {
      Slot<T> slot = slots.removeFirst();
      byOffset.remove(slot.offset);
      if (slot.result != null) results.add(slot.result);
      else waiting--;
    }
    return results;
  }

  /** Records that wait for their results. */
  int waiting() {
    return waiting;
  }

  /** Records that were read and are not committed. */
  int size() {
    return slots.size();
  }
}
