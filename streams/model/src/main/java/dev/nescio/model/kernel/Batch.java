package dev.nescio.model.kernel;

import java.util.List;

/** The tokens of all spans as rows, in order. */
final class Batch {

  private final Span[] spans; // of each row
  private final int[] offsets; // of each row within its span
  private final int[] positions;
  private final int[] wanted;
  private final boolean adapted;
  private final boolean idk;
  private final int rank;

  /** Adds the spans' tokens to their sequences. */
  Batch(List<Span> all) {
    int rows = all.stream().mapToInt(s -> s.tokens().length).sum();
    this.spans = new Span[rows];
    this.offsets = new int[rows];
    this.positions = new int[rows];
    this.wanted = new int[all.stream().mapToInt(Span::wanted).sum()];
    this.adapted = all.stream().anyMatch(s -> s.adapter().hasLoras());
    this.idk = all.stream().anyMatch(s -> s.adapter().hasIdk());
    this.rank = all.stream().mapToInt(s -> s.adapter().rank()).max().orElse(0);
    int r = 0;
    int w = 0;
    for (Span span : all) {
      int start = span.kv().length();
      int count = span.tokens().length;
      span.kv().extend(count);
      for (int i = 0; i < count; i++, r++) {
        spans[r] = span;
        offsets[r] = i;
        positions[r] = start + i;
        if (i >= count - span.wanted()) wanted[w++] = r;
      }
    }
  }

  int rows() {
    return spans.length;
  }

  Span span(int row) {
    return spans[row];
  }

  int token(int row) {
    return spans[row].tokens()[offsets[row]];
  }

  int tokenOfSpan(int row) {
    return offsets[row];
  }

  int position(int row) {
    return positions[row];
  }

  int wanted() {
    return wanted.length;
  }

  int wantedRow(int i) {
    return wanted[i];
  }

  boolean adapted() {
    return adapted;
  }

  boolean hasIdk() {
    return idk;
  }

  /** Highest rank of a low-rank term. */
  int rank() {
    return rank;
  }
}
