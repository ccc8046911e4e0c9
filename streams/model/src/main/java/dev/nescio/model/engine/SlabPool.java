package dev.nescio.model.engine;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Memory for keys and values in {@link Slab}s, each for sequences of a like length. A slab is made when it is first
 * needed and stays until its memory is wanted for another length; nothing is ever copied to make room. Not thread-safe.
 */
final class SlabPool implements AutoCloseable {

  /** Rows have a multiple of so many slots. */
  private static final int STEP = 32;

  private final LlamaForward forward;
  private final NDManager manager;
  private final int maxRows;
  private final long maxBytes;
  private final long slotBytes;
  private final List<Slab> slabs = new ArrayList<>();

  /**
   * @param manager   owns the slabs
   * @param maxRows   at most so many sequences at once, at least 1
   * @param maxBytes  of all slabs; one row is given out even if it needs more
   * @param slotBytes keys and values of a token
   */
  SlabPool(LlamaForward forward, NDManager manager, int maxRows, long maxBytes, long slotBytes) {
    this.forward = forward;
    this.manager = manager;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
    this.slotBytes = slotBytes;
  }

  /** Slots of a row for so many tokens: at most half as many again as it needs, so that lengths share slabs. */
  static int slots(int tokens) {
    int step = Math.max(STEP, Integer.highestOneBit(Math.max(1, tokens - 1)) / 2);
    return (tokens + step - 1) / step * step;
  }

  /**
   * A row for a sequence.
   *
   * @param tokens that it may come to
   * @param wanted counts rows of this length that are wanted now or soon, this one included
   * @return empty if there is no room until another row is freed
   */
  Optional<Slab.Row> take(int tokens, IntSupplier wanted) {
    if (used() >= maxRows) return Optional.empty();
    if (bytes() > maxBytes) dropEmpty(); // one that alone was too long is gone
    int slots = slots(tokens);
    Optional<Slab.Row> free = free(slots, slots);
    if (free.isEmpty() && fitting(slots) >= 1) free = make(slots, wanted.getAsInt());
    if (free.isEmpty()) free = free(slots, Integer.MAX_VALUE);
    if (free.isEmpty() && dropEmpty() && fitting(slots) >= 1) free = make(slots, wanted.getAsInt());
    if (free.isEmpty() && used() == 0) free = make(slots, 1);
    return free;
  }

  /** Moves rows together, so that a run has as few segments as can be. */
  void closeGaps() {
    slabs.forEach(Slab::closeGaps);
  }

  /** Rows that somebody has. */
  int used() {
    return slabs.stream().mapToInt(Slab::used).sum();
  }

  /** Slabs there are. */
  int slabs() {
    return slabs.size();
  }

  /** Memory of all slabs. */
  long bytes() {
    return slabs.stream().mapToLong(slab -> slab.rows() * slab.slots() * slotBytes).sum();
  }

  @Override
  public void close() {
    slabs.forEach(Slab::close);
    slabs.clear();
  }

  /** A free row of at least and at most so many slots, of the shortest there are. */
  private Optional<Slab.Row> free(int least, int most) {
    return slabs.stream().filter(slab -> slab.slots() >= least && slab.slots() <= most && slab.used() < slab.rows())
        .min(Comparator.comparingInt(Slab::slots)).flatMap(Slab::take);
  }

  private long fitting(int slots) {
    return (maxBytes - bytes()) / (slots * slotBytes);
  }

  /** A row of a new slab; slabs of one length double, so that there are few. */
  private Optional<Slab.Row> make(int slots, int wanted) {
    int there = slabs.stream().filter(slab -> slab.slots() == slots).mapToInt(Slab::rows).sum();
    int rows = Math.max(there, Integer.highestOneBit(Math.max(1, 2 * Math.min(wanted, maxRows) - 1)));
    rows = (int) Math.max(1, Math.min(Math.min(rows, maxRows - there), fitting(slots)));
    Slab slab = new Slab(forward, forward.newCache(manager, rows, slots));
    slabs.add(slab);
    return slab.take();
  }

  /** Gives back what nobody uses; true if there was anything. */
  private boolean dropEmpty() {
    return slabs.removeIf(slab -> {
      if (slab.used() > 0) return false;
      slab.close();
      return true;
    });
  }
}
