package dev.nescio.model.engine;

import java.util.stream.IntStream;

/** Ids and indices as the engine takes them. */
final class LongRange {

  private LongRange() {}

  /** 0 to n - 1. */
  static long[] first(int n) {
    return IntStream.range(0, n).asLongStream().toArray();
  }

  static long[] of(int... values) {
    return IntStream.of(values).asLongStream().toArray();
  }
}
