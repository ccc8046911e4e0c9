package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.nescio.model.batch.Feed;
import dev.nescio.model.batch.LoadedModel;
import dev.nescio.model.batch.Look;
import dev.nescio.model.batch.Piece;
import dev.nescio.model.batch.PromptFeed;
import dev.nescio.model.batch.Runner;
import dev.nescio.model.batch.Work;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.generation.TokenIds;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs on the engine: one call for the new tokens of all sequences, each in a row of a {@link SlabPool}. The first
 * sample of a prompt goes on in the prompt's own row, the others in copies; while samples are left, the next one begins
 * anew behind the prompt wherever that row comes free. Base and adapters over it share a run.
 */
final class TorchRunner implements Runner<TorchStrand> {

  /** A shorter beginning is computed sooner than found and copied. */
  private static final int SHORTEST_PREFIX = 16;

  private final LlamaForward forward;
  private final NDManager manager;
  private final SlabPool pool;
  private final PrefixCache prefixes;
  private final long slotBytes;
  private final int ends;
  private final NDArray watched;

  /**
   * @param manager owner of what runs allocate
   * @param pool    closed with the runner, as {@code prefixes}
   * @param weights say what a token's keys and values take
   */
  TorchRunner(LlamaForward forward, NDManager manager, SlabPool pool, PrefixCache prefixes, LlamaWeights weights,
      ModelTokenizer tokenizer) {
    this.forward = forward;
    this.manager = manager;
    this.pool = pool;
    this.prefixes = prefixes;
    this.slotBytes = weights.cacheBytesPerToken();
    this.ends = weights.config().endTokenIds().size();
    this.watched = manager.create(LongRange.of(tokenizer.watched(weights.config())));
  }

  @Override
  public boolean admit(Feed<TorchStrand> text, Work<TorchStrand> work) {
    Optional<Slab.Row> row = pool.take(text.slots(), wanted(text.slots(), work));
    row.ifPresent(text.strand()::place);
    return row.isPresent();
  }

  @Override
  public boolean mustWait(Feed<TorchStrand> text, List<Feed<TorchStrand>> reading) {
    int worth = worth(text);
    if (worth == 0) return false;
    int known = known(text).map(PrefixCache.Found::tokens).orElse(0);
    return reading.stream().anyMatch(other -> other != text && other.isBegun()
        && other.strand().model() == text.strand().model()
        && Math.min(Math.min(worth, worth(other)), TokenIds.common(other.tokens(), text.tokens())) > known);
  }

  @Override
  public void begin(Feed<TorchStrand> text) {
    TorchStrand strand = text.strand();
    known(text).filter(found -> found.tokens() >= SHORTEST_PREFIX).ifPresent(found -> {
      forward.put(strand.row().cache(), strand.row().index(), found.prefix(), found.tokens());
      strand.extend(found.tokens());
    });
  }

  @Override
  public Optional<TorchStrand> sample(PromptFeed<TorchStrand> prompt, Work<TorchStrand> work) {
    TorchStrand own = prompt.strand();
    boolean last = prompt.remaining() == 1;
    if (!own.row().isShared()) return Optional.of(last ? own : own.continued());
    return pool.take(prompt.slots(), wanted(prompt.slots(), work)).map(row -> {
      forward.move(own.row().cache(), own.row().index(), row.cache(), row.index(), own.length());
      TorchStrand copy = own.copied(row);
      if (last) own.close();
      return copy;
    });
  }

  @Override
  public List<Distribution> run(List<Piece<TorchStrand>> pieces) {
    pool.closeGaps();
    List<TokenBatch.Part> parts = new ArrayList<>();
    List<Look> looks = new ArrayList<>(); // of each wanted position
    for (Piece<TorchStrand> piece : pieces) {
      TorchStrand strand = piece.strand();
      parts.add(new TokenBatch.Part(strand.model().variant(), strand.row().cache(), strand.row().index(),
          strand.length(), piece.tokens(), piece.wanted(), piece.probe()));
      for (int i = 0; i < piece.wanted(); i++) looks.add(piece.look());
    }
    boolean[] whole = new boolean[looks.size()];
    for (int i = 0; i < whole.length; i++) whole[i] = looks.get(i).whole();
    int[] targets = pieces.stream().flatMapToInt(TorchRunner::targets).toArray();
    int best = Math.max(2, looks.stream().mapToInt(Look::alternatives).max().orElse(0));
    Optional<Distributions> distributions;
    try (NDManager scope = manager.newSubManager()) {
      distributions = forward.run(scope, new TokenBatch(parts), best, watched)
          .map(observed -> new Distributions(forward, observed, ends, whole, targets));
    }
    for (Piece<TorchStrand> piece : pieces) piece.strand().extend(piece.tokens().length);
    return distributions.map(all -> rows(pieces, all)).orElse(List.of());
  }

  /** One distribution a wanted position; a row whose last one is sound holds numbers only. */
  private static List<Distribution> rows(List<Piece<TorchStrand>> pieces, Distributions all) {
    List<Distribution> rows = new ArrayList<>();
    for (Piece<TorchStrand> piece : pieces) {
      for (int i = 0; i < piece.wanted(); i++) rows.add(all.at(rows.size()));
      if (piece.wanted() > 0 && all.isSound(rows.size() - 1)) piece.strand().row().isSound();
    }
    return rows;
  }

  private static IntStream targets(Piece<TorchStrand> piece) {
    int[] asked = piece.look().targets();
    return IntStream.range(0, piece.wanted()).map(i -> i < asked.length ? asked[i] : -1);
  }

  @Override
  public void keep(Feed<TorchStrand> text) {
    int worth = worth(text);
    if (worth == 0 || known(text).filter(found -> found.tokens() >= worth).isPresent()) return;
    Slab.Row row = text.strand().row();
    prefixes.put(text.strand().model().id(), TokenIds.first(text.tokens(), worth),
        forward.take(manager, row.cache(), row.index(), worth));
  }

  @Override
  public void trim() {
    prefixes.trim();
  }

  @Override
  public void forget(LoadedModel model) {
    model.id().ifPresent(prefixes::drop);
  }

  @Override
  public long prefixBytes() {
    return prefixes.bytes();
  }

  @Override
  public HeldMemory held() {
    int arrays = manager.getManagedArrays().size() - prefixes.size() - pool.slabs();
    return new HeldMemory(arrays, 0, prefixes.bytes() + pool.bytes());
  }

  @Override
  public void close() {
    prefixes.close();
    pool.close();
  }

  /** Tokens of its beginning that are to be kept for others. */
  private int worth(Feed<TorchStrand> text) {
    return prefixes.fits(text.shared() * slotBytes) ? text.shared() : 0;
  }

  private Optional<PrefixCache.Found> known(Feed<TorchStrand> text) {
    return text.shared() == 0 ? Optional.empty()
        : prefixes.longest(text.strand().model().id(), text.tokens(), text.shared());
  }

  /** Counts the sequences that may want rows as long as one for so many tokens. */
  private static IntSupplier wanted(int tokens, Work<TorchStrand> work) {
    int slots = SlabPool.slots(tokens);
    return () -> Stream.concat(
        work.waiting().stream().filter(text -> SlabPool.slots(text.slots()) == slots).map(Feed::samples),
        work.read().stream().filter(prompt -> SlabPool.slots(prompt.slots()) == slots).map(PromptFeed::remaining))
        .mapToInt(count -> count).sum();
  }
}
