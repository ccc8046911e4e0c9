package dev.nescio.model.kernel;

import java.util.List;
import java.util.stream.IntStream;

/** The tokens of all spans as rows, in order. */
final class Batch {

  private final Span[] spans; // of each row
  private final int[] offsets; // of each row within its span
  private final int[] positions;
  private final int[] wanted;
  private final int[] tiles; // first row of each, and the number of rows behind the last
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
    this.tiles = tiles(all);
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

  private static int[] tiles(List<Span> all) {
    IntStream.Builder tiles = IntStream.builder();
    int row = 0;
    for (Span span : all) {
      for (int i = 0; i < span.tokens().length; i += Attention.TILE) tiles.add(row + i);
      row += span.tokens().length;
    }
    return tiles.add(row).build().toArray();
  }

  /** Groups of neighbouring rows of one span, {@link Attention#TILE} at most. */
  int tiles() {
    return tiles.length - 1;
  }

  /** First row of a tile; the next one's is the row after its last. */
  int tile(int i) {
    return tiles[i];
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
