package dev.nescio.model.batch;

import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.generation.TokenIds;
import dev.nescio.model.kernel.Decoder;
import dev.nescio.model.kernel.KvPool;
import dev.nescio.model.kernel.KvSequence;
import dev.nescio.model.kernel.Logits;
import dev.nescio.model.kernel.PrefixTree;
import dev.nescio.model.kernel.Span;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.PrefixReuse;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What runs together: each run takes one token of every sample at work and, with the room that is left, pieces of prompts
 * and texts to score; a finished sample gives its place to the next at once. Used by one thread.
 *
 * <p>Source: Yu et al. 2022, Orca (continuous batching); Agrawal et al. 2024, Sarathi-Serve (2403.02310; pieces of prompts
 * beside decoding).
 */
final class ContinuousBatch {

  private final Decoder decoder;
  private final Team team;
  private final KvPool pool;
  private final PrefixTree prefixes;
  private final ModelTokenizer tokenizer;
  private final LlamaConfig config;
  private final BatchLimits limits;
  private final Deque<Feed> waiting = new ArrayDeque<>();
  private final List<Feed> reading = new ArrayList<>();
  private final List<PromptFeed> read = new ArrayList<>();
  private final List<Sample> growing = new ArrayList<>();
  private long turn;
  private long promptTokens;
  private long cachedTokens;
  private volatile PrefixReuse reuse = PrefixReuse.NONE;

  ContinuousBatch(Decoder decoder, Team team, KvPool pool, PrefixTree prefixes, ModelTokenizer tokenizer,
      LlamaConfig config, BatchLimits limits) {
    this.decoder = decoder;
    this.team = team;
    this.pool = pool;
    this.prefixes = prefixes;
    this.tokenizer = tokenizer;
    this.config = config;
    this.limits = limits;
  }

  /** May be asked by any thread. */
  PrefixReuse prefixReuse() {
    return reuse;
  }

  /** What is held when given-up works are cleared away. */
  HeldMemory held() {
    dropAbandoned();
    return new HeldMemory(0, pool.used() - prefixes.blocks(), pool.bytes());
  }

  void add(Feed feed) {
    waiting.add(feed);
  }

  boolean isIdle() {
    return waiting.isEmpty() && reading.isEmpty() && read.isEmpty() && growing.isEmpty();
  }

  /** True if something at work uses these weights. */
  boolean uses(PackedModel weights) {
    return all().anyMatch(feed -> feed.model().weights() == weights);
  }

  /** One run. */
  void run() {
    dropAbandoned();
    beginSamples();
    admit();
    nextWeights().ifPresent(this::run);
  }

  private void run(PackedModel weights) {
    List<Sample> samples = growing.stream().filter(s -> s.prompt().model().weights() == weights).toList();
    List<Span> spans = new ArrayList<>();
    for (Sample sample : samples) spans.add(sample.next());
    List<Feed> feeds = addPieces(weights, spans);
    if (spans.isEmpty()) return;
    List<LogitRow> rows = rows(decoder.run(weights.weights(), spans));
    grow(samples, rows.subList(0, samples.size()));
    int from = samples.size();
    for (int i = 0; i < feeds.size(); i++) {
      int wanted = spans.get(samples.size() + i).wanted();
      feeds.get(i).show(rows.subList(from, from + wanted));
      from += wanted;
    }
    feeds.forEach(this::settle);
    prefixes.trim();
    reuse = new PrefixReuse(promptTokens, cachedTokens, prefixes.blocks() * pool.blockBytes());
    beginSamples();
  }

  /** Gives everything up with a cause. */
  void fail(Throwable cause) {
    all().forEach(feed -> feed.call().fail(cause));
    dropAbandoned();
  }

  private Stream<Feed> all() {
    return Stream.of(waiting, reading, read, growing.stream().map(Sample::prompt).toList()).flatMap(Collection::stream);
  }

  private void dropAbandoned() {
    waiting.removeIf(f -> f.call().isAbandoned());
    remove(reading, f -> f.call().isAbandoned(), Feed::release);
    remove(read, f -> f.call().isAbandoned(), Feed::release);
    remove(growing, s -> s.prompt().call().isAbandoned(), s -> s.kv().close());
  }

  /** Lets prompts that are read go on with as many samples as have room. */
  private void beginSamples() {
    for (PromptFeed prompt : read) {
      int more = blocks(prompt.prompt().slots()) - prompt.tokens().length / KvPool.BLOCK;
      while (prompt.hasMore() && growing.size() < limits.rows() && hasRoom(more)) growing.add(begin(prompt));
    }
    read.removeIf(prompt -> !prompt.hasMore());
    report();
  }

  private Sample begin(PromptFeed prompt) {
    KvSequence kv = prompt.sampleKv();
    GrowingSequence sequence = new GrowingSequence(
        prompt.prompt(), prompt.nextSample(), tokenizer, Set.copyOf(config.endTokenIds()));
    sequence.show(prompt.first());
    return new Sample(prompt, kv, sequence);
  }

  private void admit() {
    while (!waiting.isEmpty() && growing.size() + reading.size() < limits.rows()
        && hasRoom(blocks(waiting.peek().tokens().length))) {
      reading.add(waiting.poll());
    }
  }

  /** Room for more blocks; one sequence is run even if it needs more. */
  private boolean hasRoom(int more) {
    int promised = 0;
    for (Sample s : growing) promised += blocks(s.prompt().prompt().slots()) - blocks(s.kv().length());
    for (Feed f : reading) promised += blocks(f.tokens().length) - (f.isBegun() ? blocks(f.kv().length()) : 0);
    boolean alone = growing.isEmpty() && reading.isEmpty();
    return alone || pool.used() - prefixes.blocks() + promised + more <= limits.blocks();
  }

  /** Base and models tuned as a whole take turns. */
  private Optional<PackedModel> nextWeights() {
    List<PackedModel> at = Stream.concat(growing.stream().map(Sample::prompt), reading.stream())
        .map(feed -> feed.model().weights()).distinct().toList();
    return at.isEmpty() ? Optional.empty() : Optional.of(at.get((int) (turn++ % at.size())));
  }

  private List<Feed> addPieces(PackedModel weights, List<Span> spans) {
    int rows = limits.tokens() - spans.size();
    int wanted = limits.wanted() - spans.size();
    List<Feed> feeds = new ArrayList<>();
    for (Feed feed : reading) {
      if (feed.model().weights() != weights || (!feed.isBegun() && mustWait(feed))) continue;
      if (rows == 0 || wanted == 0) break;
      if (!feed.isBegun()) {
        feed.begin(new KvSequence(pool, prefixes.find(feed.model().id(), feed.prefix())));
      }
      Optional<Span> span = feed.next(rows, wanted);
      if (span.isEmpty()) continue;
      spans.add(span.get());
      feeds.add(feed);
      rows -= span.get().tokens().length;
      wanted -= span.get().wanted();
    }
    return feeds;
  }

  /** True if another prompt that is being read begins with more of this one than is known so far. */
  private boolean mustWait(Feed feed) {
    if (!prefixes.keepsAny()) return false;
    int known = prefixes.find(feed.model().id(), feed.prefix()).size();
    for (Feed other : reading) {
      if (other == feed || !other.isBegun() || !other.model().id().equals(feed.model().id())) continue;
      int common = Math.min(TokenIds.common(other.prefix(), feed.prefix()), feed.prefix().length - 1);
      if (common / KvPool.BLOCK > known) return true;
    }
    return false;
  }

  private List<LogitRow> rows(Logits logits) {
    LogitRow[] rows = new LogitRow[logits.rows()];
    team.run(rows.length, i -> rows[i] = LogitRow.of(logits, i, config.endTokenIds(), tokenizer.idkId()));
    return List.of(rows);
  }

  private void grow(List<Sample> samples, List<LogitRow> rows) {
    // Drawing looks at the whole vocabulary.
    team.run(samples.size(), i -> samples.get(i).sequence().show(rows.get(i)));
    report();
  }

  /** Tells of new tokens and hands over what is finished. */
  private void report() {
    for (Sample sample : growing) {
      try {
        sample.prompt().tell(sample.sequence());
      } catch (RuntimeException e) {
        sample.prompt().call().fail(e);
      }
    }
    remove(growing, s -> s.sequence().isDone(), s -> {
      s.kv().close();
      s.prompt().finish(s);
    });
  }

  private void settle(Feed feed) {
    if (!feed.isRead()) return;
    reading.remove(feed);
    prefixes.keep(feed.model().id(), feed.prefix(), feed.kv());
    if (feed instanceof PromptFeed prompt) {
      promptTokens += feed.tokens().length;
      cachedTokens += feed.cached();
      read.add(prompt);
    } else {
      feed.release();
      feed.call().finished();
    }
  }

  private static int blocks(int tokens) {
    return (tokens + KvPool.BLOCK - 1) / KvPool.BLOCK;
  }

  private static <T> void remove(List<T> list, Predicate<T> which, Consumer<T> then) {
    List<T> gone = list.stream().filter(which).toList();
    list.removeAll(gone);
    gone.forEach(then);
  }
}
