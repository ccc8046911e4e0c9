package dev.nescio.model.generation;

import java.util.Arrays;

/** Token ids as a key. Never changes. */
public record TokenIds(int... ids) {

  /** Copies the ids. */
  public TokenIds {
    ids = ids.clone();
  }

  /** The first {@code count} ids. */
  public static TokenIds first(int[] ids, int count) {
    return new TokenIds(Arrays.copyOf(ids, count));
  }

  /** Length of the longest common beginning with these. */
  public int common(int[] other) {
    return common(ids, other);
  }

  /** Length of the longest common beginning. */
  public static int common(int[] a, int[] b) {
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
