package dev.nescio.producers;

import java.util.List;

/**
 * What a data file held.
 *
 * @param file  its name
 * @param items the good lines, in order
 * @param bad   the others, in order
 */
public record Lines<T>(String file, List<T> items, List<BadLine> bad) {

  /** Copies both lists. */
  public Lines {
    items = List.copyOf(items);
    bad = List.copyOf(bad);
  }

  /**
   * All items, when every line was good.
   *
   * @throws BadLinesException otherwise
   */
  public List<T> orFail() {
    if (!bad.isEmpty()) {
      throw new BadLinesException(bad);
    }
    return items;
  }
}
