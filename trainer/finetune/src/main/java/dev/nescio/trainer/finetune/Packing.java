package dev.nescio.trainer.finetune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts sequences of different lengths into rows of one length with little padding. Sequences in a row do not see each
 * other: the mask is block-diagonal and positions start again.
 *
 * @param capacity length of a row
 * @param rows     indices of the sequences in each row, one after the other
 */
record Packing(int capacity, List<List<Integer>> rows) {

  /** Row length at which attention costs as much as the linear layers; rough, only the choice depends on it. */
  private static final double ATTENTION_LENGTH = 1000;

  /** The cheapest of the packings that first-fit decreasing finds for each row length. */
  static Packing of(List<Integer> lengths) {
    int longest = lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
    int total = lengths.stream().mapToInt(Integer::intValue).sum();
    Packing best = fill(lengths, longest);
    for (int rows = best.rows.size() - 1; rows >= 1; rows--) {
      // The shortest row that could do, and a little more room where it does not.
      int least = Math.max(longest, (total + rows - 1) / rows);
      for (int capacity = least; capacity <= least + least / 4; capacity++) {
        Packing packing = fill(lengths, capacity);
        if (packing.rows.size() > rows) continue;
        if (packing.cost() < best.cost()) best = packing;
        break;
      }
    }
    return best;
  }

  private static Packing fill(List<Integer> lengths, int capacity) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) order.add(i);
    order.sort(Comparator.comparing((Integer i) -> -lengths.get(i)));
    List<List<Integer>> rows = new ArrayList<>();
    List<Integer> free = new ArrayList<>();
    for (int sequence : order) {
      int row = 0;
      while (row < rows.size() && free.get(row) < lengths.get(sequence)) row++;
      if (row == rows.size()) {
        rows.add(new ArrayList<>());
        free.add(capacity);
      }
      rows.get(row).add(sequence);
      free.set(row, free.get(row) - lengths.get(sequence));
    }
    return new Packing(capacity, rows);
  }

  private double cost() {
    return rows.size() * (double) capacity * (1 + capacity / ATTENTION_LENGTH);
  }
}
