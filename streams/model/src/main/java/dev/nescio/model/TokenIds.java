package dev.nescio.model;

import java.util.Arrays;

/** Token ids as a key. Never changes. */
record TokenIds(int... ids) {

  TokenIds {
    ids = ids.clone();
  }

  static TokenIds first(int[] ids, int count) {
    return new TokenIds(Arrays.copyOf(ids, count));
  }

  /** Length of the longest common beginning. */
  static int common(int[] a, int[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }
}
