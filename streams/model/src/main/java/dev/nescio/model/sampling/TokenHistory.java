package dev.nescio.model.sampling;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The distinct tokens of one sequence so far, prompt and generated text, which a repetition penalty weakens. Not
 * thread-safe.
 */
public final class TokenHistory {

  private final BitSet seen = new BitSet();
  private int[] distinct;
  private int size;

  private TokenHistory(int room) {
    this.distinct = new int[Math.max(16, room)];
  }

  /** A history that begins with the tokens of a prompt. */
  public static TokenHistory of(int... prompt) {
    TokenHistory history = new TokenHistory(prompt.length);
    for (int id : prompt) history.add(id);
    return history;
  }

  /** Notes a token that was emitted; one that is known changes nothing. */
  public void add(int id) {
    if (seen.get(id)) return;
    seen.set(id);
    if (size == distinct.length) distinct = Arrays.copyOf(distinct, 2 * size);
    distinct[size++] = id;
  }

  /** Number of distinct tokens. */
  int size() {
    return size;
  }

  /** The i-th distinct token, in order of first occurrence. */
  int get(int i) {
    return distinct[i];
  }
}
