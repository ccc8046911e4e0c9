package dev.nescio.model.batch;

import dev.nescio.model.kernel.Adapter;
import dev.nescio.model.kernel.KvSequence;
import dev.nescio.model.kernel.Probe;
import dev.nescio.model.kernel.Span;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A text that is being read: a prompt, whose last position is wanted, or a text to score, of which several are. Read in
 * pieces as large as a run has room for.
 */
abstract class Feed {

  private final Call call;
  private final LoadedModel model;
  private final int[] tokens;
  private final int wantedFrom;
  private KvSequence kv; // null until begun
  private int read;
  private int cached;

  /**
   * @param wantedFrom first position whose distribution is wanted
   */
  Feed(Call call, LoadedModel model, int[] tokens, int wantedFrom) {
    this.call = call;
    this.model = model;
    this.tokens = tokens;
    this.wantedFrom = wantedFrom;
  }

  final Call call() {
    return call;
  }

  final LoadedModel model() {
    return model;
  }

  final int[] tokens() {
    return tokens;
  }

  /** The tokens whose keys and values are worth keeping, and may come from the cache but for the last one. */
  int[] prefix() {
    return tokens;
  }

  final boolean isBegun() {
    return kv != null;
  }

  /** Tokens that came from the cache. */
  final int cached() {
    return cached;
  }

  final KvSequence kv() {
    return kv;
  }

  /** Gives up what was computed. */
  final void release() {
    if (isBegun()) kv.close();
  }

  /** Begins with what is known already. */
  final void begin(KvSequence known) {
    kv = known;
    read = known.length();
    cached = read;
  }

  final boolean isRead() {
    return read == tokens.length;
  }

  /** The next piece, of at most so many tokens and wanted positions; empty if not even one token has room. */
  final Optional<Span> next(int rows, int wanted) {
    int end = Math.min(tokens.length, read + rows);
    if (end > wantedFrom) end = Math.min(end, Math.max(wantedFrom, read) + wanted);
    if (end == read) return Optional.empty();
    int[] piece = Arrays.copyOfRange(tokens, read, end);
    Span span = new Span(
        kv, piece, model.adapter(), Math.max(0, end - Math.max(wantedFrom, read)), probe(piece.length));
    read = end;
    return Optional.of(span);
  }

  /** Records the last piece, if anybody asked for it. */
  Optional<Probe> probe(int length) {
    return Optional.empty();
  }

  /** Shows the wanted distributions of a piece, in order. */
  abstract void show(List<LogitRow> piece);

  final Adapter adapter() {
    return model.adapter();
  }
}
