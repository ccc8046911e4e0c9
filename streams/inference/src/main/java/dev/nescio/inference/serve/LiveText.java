package dev.nescio.inference.serve;

import java.util.Arrays;

/**
 * The text of a growing sequence, given out in whole characters: what a single token writes may be a part of one, and may
 * depend on the tokens before it. Not thread-safe.
 */
final class LiveText {

  private static final String REPLACEMENT = "\uFFFD";

  private final Tokens tokens;
  private final StringBuilder given = new StringBuilder();
  private int[] ids = new int[16];
  private int size;
  private int from; // first token of the window that is decoded
  private int read; // tokens whose text was given out

  LiveText(Tokens tokens) {
    this.tokens = tokens;
  }

  /** What the token adds to the text; empty while a character is not whole. */
  String add(int id) {
    if (size == ids.length) ids = Arrays.copyOf(ids, 2 * size);
    ids[size++] = id;
    String before = tokens.decode(Arrays.copyOfRange(ids, from, read));
    String now = tokens.decode(Arrays.copyOfRange(ids, from, size));
    if (now.endsWith(REPLACEMENT) || now.length() <= before.length()) return "";
    from = read;
    read = size;
    String more = now.substring(before.length());
    given.append(more);
    return more;
  }

  /** What is still missing when the sequence has ended with this text. */
  String rest(String text) {
    return text.startsWith(given.toString()) ? text.substring(given.length()) : "";
  }
}
