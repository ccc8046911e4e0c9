package dev.nescio.model.cpu;

import dev.nescio.model.batch.Feed;
import dev.nescio.model.batch.LoadedModel;
import dev.nescio.model.batch.Piece;
import dev.nescio.model.batch.PromptFeed;
import dev.nescio.model.batch.Runner;
import dev.nescio.model.batch.Sample;
import dev.nescio.model.batch.Work;
import dev.nescio.model.generation.TokenIds;
import dev.nescio.model.kernel.Decoder;
import dev.nescio.model.kernel.DecoderWeights;
import dev.nescio.model.kernel.KvPool;
import dev.nescio.model.kernel.KvSequence;
import dev.nescio.model.kernel.Logits;
import dev.nescio.model.kernel.PrefixTree;
import dev.nescio.model.kernel.Span;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Runs on the CPU by the kernels, with keys and values in blocks that sequences share. */
final class KernelRunner implements Runner<KernelStrand> {

  private final Decoder decoder;
  private final Team team;
  private final KvPool pool;
  private final PrefixTree prefixes;
  private final int maxBlocks;
  private final List<Integer> endTokens;
  private final Optional<Integer> idkId;

  /**
   * @param team      stays the caller's to close
   * @param pool      closed with the runner, as {@code prefixes}
   * @param maxBlocks of keys and values at work
   */
  KernelRunner(Decoder decoder, Team team, KvPool pool, PrefixTree prefixes, int maxBlocks, LlamaConfig config,
      ModelTokenizer tokenizer) {
    this.decoder = decoder;
    this.team = team;
    this.pool = pool;
    this.prefixes = prefixes;
    this.maxBlocks = maxBlocks;
    this.endTokens = config.endTokenIds();
    this.idkId = tokenizer.idkId();
  }

  @Override
  public boolean admit(Feed<KernelStrand> text, Work<KernelStrand> work) {
    return hasRoom(blocks(text.tokens().length), work);
  }

  @Override
  public boolean mustWait(Feed<KernelStrand> text, List<Feed<KernelStrand>> reading) {
    if (!prefixes.keepsAny()) return false;
    Optional<String> id = text.strand().model().id();
    int known = prefixes.find(id, text.prefix()).size();
    for (Feed<KernelStrand> other : reading) {
      if (other == text || !other.isBegun() || !other.strand().model().id().equals(id)) continue;
      int common = Math.min(TokenIds.common(other.prefix(), text.prefix()), text.prefix().length - 1);
      if (common / KvPool.BLOCK > known) return true;
    }
    return false;
  }

  @Override
  public void begin(Feed<KernelStrand> text) {
    KernelStrand strand = text.strand();
    strand.begin(new KvSequence(pool, prefixes.find(strand.model().id(), text.prefix())));
  }

  @Override
  public Optional<KernelStrand> sample(PromptFeed<KernelStrand> prompt, Work<KernelStrand> work) {
    int more = blocks(prompt.slots()) - prompt.tokens().length / KvPool.BLOCK;
    if (!hasRoom(more, work)) return Optional.empty();
    return Optional.of(prompt.remaining() == 1 ? prompt.strand() : prompt.strand().fork());
  }

  @Override
  public List<LogitRow> run(List<Piece<KernelStrand>> pieces) {
    List<Span> spans = new ArrayList<>(pieces.size());
    for (Piece<KernelStrand> piece : pieces) {
      KernelStrand strand = piece.strand();
      spans.add(new Span(strand.kv(), piece.tokens(), strand.model().adapter(), piece.wanted(), piece.probe()));
    }
    DecoderWeights weights = pieces.getFirst().strand().model().weights().weights();
    Logits logits = decoder.run(weights, spans);
    LogitRow[] rows = new LogitRow[logits.rows()];
    team.run(rows.length, i -> rows[i] = LogitRow.of(logits, i, endTokens, idkId));
    return List.of(rows);
  }

  @Override
  public void keep(Feed<KernelStrand> text) {
    prefixes.keep(text.strand().model().id(), text.prefix(), text.strand().kv());
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
    return prefixes.blocks() * pool.blockBytes();
  }

  @Override
  public HeldMemory held() {
    return new HeldMemory(0, pool.used() - prefixes.blocks(), pool.bytes());
  }

  @Override
  public void each(int tasks, IntConsumer task) {
    team.run(tasks, task);
  }

  @Override
  public void close() {
    prefixes.close();
    pool.close();
  }

  /** Room for more blocks; one sequence is run even if it needs more. */
  private boolean hasRoom(int more, Work<KernelStrand> work) {
    int promised = 0;
    for (Sample<KernelStrand> s : work.growing()) promised += blocks(s.prompt().slots()) - blocks(s.strand().length());
    for (Feed<KernelStrand> f : work.reading()) promised += blocks(f.tokens().length) - blocks(f.strand().length());
    boolean alone = work.growing().isEmpty() && work.reading().isEmpty();
    return alone || pool.used() - prefixes.blocks() + promised + more <= maxBlocks;
  }

  private static int blocks(int tokens) {
    return (tokens + KvPool.BLOCK - 1) / KvPool.BLOCK;
  }
}
