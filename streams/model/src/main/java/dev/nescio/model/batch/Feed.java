package dev.nescio.model.batch;

import dev.nescio.model.generation.Distribution;
import dev.nescio.model.kernel.Probe;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A text that is being read: a prompt, whose last position is wanted, or a text to score, of which several are. Read in
 * pieces as large as a run has room for.
 *
 * @param <S> how the runner keeps sequences
 */
public abstract sealed class Feed<S extends Strand> permits PromptFeed, ScoredText {

  private final Call call;
  private final S strand;
  private final int[] tokens;
  private final int wantedFrom;
  private boolean begun;
  private int read;
  private int cached;

  /**
   * @param strand     of no tokens, without room yet
   * @param wantedFrom first position whose distribution is wanted
   */
  Feed(Call call, S strand, int[] tokens, int wantedFrom) {
    this.call = call;
    this.strand = strand;
    this.tokens = tokens;
    this.wantedFrom = wantedFrom;
  }

  final Call call() {
    return call;
  }

  /** The text's keys and values. */
  public final S strand() {
    return strand;
  }

  /** All of it; not to be changed. */
  public final int[] tokens() {
    return tokens;
  }

  /** The tokens whose keys and values are worth keeping, and may come from the cache but for the last one. */
  public int[] prefix() {
    return tokens;
  }

  /** Tokens at the beginning that others are said to begin with too, 0 for none. */
  public abstract int shared();

  /** Tokens that it, with a sample of it, may come to. */
  public abstract int slots();

  /** Sequences that go on from it, itself if none does. */
  public abstract int samples();

  /** True when its strand has begun. */
  public final boolean isBegun() {
    return begun;
  }

  /** Tokens that came from the cache. */
  public final int cached() {
    return cached;
  }

  /** Its strand has begun with what is known already. */
  final void begin() {
    begun = true;
    read = strand.length();
    cached = read;
  }

  final boolean isRead() {
    return read == tokens.length;
  }

  /** The next piece, of at most so many tokens and wanted positions; empty if not even one token has room. */
  final Optional<Piece<S>> next(int rows, int wanted) {
    int end = Math.min(tokens.length, read + rows);
    if (end > wantedFrom) end = Math.min(end, Math.max(wantedFrom, read) + wanted);
    if (end == read) return Optional.empty();
    int[] piece = Arrays.copyOfRange(tokens, read, end);
    int from = Math.min(end, Math.max(wantedFrom, read));
    read = end;
    return Optional.of(new Piece<>(strand, piece, end - from, look(from, end), probe(piece.length)));
  }

  /** What is asked of these positions. */
  abstract Look look(int from, int end);

  /** Records the last piece, if anybody asked for it. */
  Optional<Probe> probe(int length) {
    return Optional.empty();
  }

  /** Shows the wanted distributions of a piece, in order. */
  abstract void show(List<? extends Distribution> piece);
}
