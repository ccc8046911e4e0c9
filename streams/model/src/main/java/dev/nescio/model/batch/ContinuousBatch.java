package dev.nescio.model.batch;

import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.PrefixReuse;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What runs together: each run takes one token of every sample at work and, with the room that is left, pieces of
 * prompts and texts to score; a finished sample gives its place to the next at once. Used by one thread.
 *
 * <p>There is one schedule for kernels and engine, over a {@link Runner}: both take new tokens of any number of
 * sequences in one run, and differ only in how they keep keys and values (blocks that sequences share; rows of slabs)
 * and compute. What the kernels gain from their blocks stays behind that interface, and costs them one small object a
 * token.
 *
 * <p>Source: Yu et al. 2022, Orca (continuous batching); Agrawal et al. 2024, Sarathi-Serve (2403.02310; pieces of
 * prompts beside decoding).
 *
 * @param <S> how the runner keeps sequences
 */
public final class ContinuousBatch<S extends Strand> {

  private final Runner<S> runner;
  private final ModelTokenizer tokenizer;
  private final LlamaConfig config;
  private final BatchLimits limits;
  private final Deque<Feed<S>> waiting = new ArrayDeque<>();
  private final List<Feed<S>> reading = new ArrayList<>();
  private final List<PromptFeed<S>> read = new ArrayList<>();
  private final List<Sample<S>> growing = new ArrayList<>();
  private final Work<S> work = new Work<>(waiting, reading, read, growing);
  private long turn;
  private long promptTokens;
  private long cachedTokens;
  private volatile PrefixReuse reuse = PrefixReuse.NONE;

  /** @param runner stays the caller's to close */
  public ContinuousBatch(Runner<S> runner, ModelTokenizer tokenizer, LlamaConfig config, BatchLimits limits) {
    this.runner = runner;
    this.tokenizer = tokenizer;
    this.config = config;
    this.limits = limits;
  }

  /** May be asked by any thread. */
  public PrefixReuse prefixReuse() {
    return reuse;
  }

  /** What is held when given-up works are cleared away. */
  public HeldMemory held() {
    dropAbandoned();
    return runner.held();
  }

  void add(Feed<S> feed) {
    if (feed.strand().model().isClosed()) {
      feed.call().fail(new UnknownAdapterException(
          "adapter " + feed.strand().model().id().orElse("") + " was unloaded before the request began"));
    } else {
      waiting.add(feed);
    }
  }

  boolean isIdle() {
    return waiting.isEmpty() && reading.isEmpty() && read.isEmpty() && growing.isEmpty();
  }

  /** True if something at work uses this model. */
  boolean uses(LoadedModel model) {
    return all().anyMatch(feed -> feed.strand().model() == model);
  }

  /** Forgets what is kept of a model that nobody can ask for any more. */
  void forget(LoadedModel model) {
    runner.forget(model);
  }

  /** One run. */
  void run() {
    dropAbandoned();
    beginSamples();
    admit();
    nextWeights().ifPresent(this::run);
  }

  private void run(Object weights) {
    List<Sample<S>> samples = growing.stream().filter(s -> s.strand().model().weights() == weights).toList();
    List<Piece<S>> pieces = new ArrayList<>();
    for (Sample<S> sample : samples) pieces.add(sample.next());
    List<Feed<S>> feeds = addPieces(weights, pieces);
    if (pieces.isEmpty()) return;
    List<? extends Distribution> rows;
    try {
      rows = runner.run(pieces);
    } catch (RuntimeException e) {
      // What else is at work was not part of it.
      Stream.concat(samples.stream().map(Sample::prompt), feeds.stream()).forEach(feed -> feed.call().fail(e));
      return;
    }
    grow(samples, rows.subList(0, samples.size()));
    int from = samples.size();
    for (int i = 0; i < feeds.size(); i++) {
      int wanted = pieces.get(samples.size() + i).wanted();
      show(feeds.get(i), rows.subList(from, from + wanted));
      from += wanted;
    }
    feeds.forEach(this::settle);
    runner.trim();
    reuse = new PrefixReuse(promptTokens, cachedTokens, runner.prefixBytes());
    beginSamples();
  }

  /** Gives everything up with a cause. */
  void fail(Throwable cause) {
    all().forEach(feed -> feed.call().fail(cause));
    dropAbandoned();
  }

  private Stream<Feed<S>> all() {
    return Stream.<Stream<? extends Feed<S>>>of(waiting.stream(), reading.stream(), read.stream(),
        growing.stream().map(Sample::prompt)).flatMap(feeds -> feeds);
  }

  private void dropAbandoned() {
    waiting.removeIf(f -> f.call().isAbandoned());
    remove(reading, f -> f.call().isAbandoned(), f -> f.strand().close());
    remove(read, f -> f.call().isAbandoned(), f -> f.strand().close());
    remove(growing, s -> s.prompt().call().isAbandoned(), s -> s.strand().close());
  }

  /** Lets prompts that are read go on with as many samples as have room. */
  private void beginSamples() {
    for (PromptFeed<S> prompt : read) {
      while (prompt.remaining() > 0 && growing.size() < limits.rows()) {
        Optional<S> strand = runner.sample(prompt, work);
        if (strand.isEmpty()) break;
        growing.add(begin(prompt, strand.get()));
      }
    }
    read.removeIf(prompt -> prompt.remaining() == 0);
    report();
  }

  private Sample<S> begin(PromptFeed<S> prompt, S strand) {
    GrowingSequence sequence = new GrowingSequence(
        prompt.prompt(), prompt.nextSample(), tokenizer, Set.copyOf(config.endTokenIds()));
    Sample<S> sample = new Sample<>(prompt, strand, sequence);
    show(sample, prompt.first());
    return sample;
  }

  private void admit() {
    while (!waiting.isEmpty() && growing.size() + reading.size() < limits.rows()
        && runner.admit(waiting.peek(), work)) {
      reading.add(waiting.poll());
    }
  }

  /** Base and models tuned as a whole take turns. */
  private Optional<Object> nextWeights() {
    List<Object> at = Stream.concat(growing.stream().map(Sample::strand), reading.stream().map(Feed::strand))
        .map(strand -> strand.model().weights()).distinct().toList();
    return at.isEmpty() ? Optional.empty() : Optional.of(at.get((int) (turn++ % at.size())));
  }

  private List<Feed<S>> addPieces(Object weights, List<Piece<S>> pieces) {
    int rows = limits.tokens() - pieces.size();
    int wanted = limits.wanted() - pieces.size();
    List<Feed<S>> feeds = new ArrayList<>();
    for (Feed<S> feed : reading) {
      if (feed.strand().model().weights() != weights || (!feed.isBegun() && runner.mustWait(feed, reading))) continue;
      if (rows == 0 || wanted == 0) break;
      if (!feed.isBegun()) {
        runner.begin(feed);
        feed.begin();
      }
      Optional<Piece<S>> piece = feed.next(rows, wanted);
      if (piece.isEmpty()) continue;
      pieces.add(piece.get());
      feeds.add(feed);
      rows -= piece.get().tokens().length;
      wanted -= piece.get().wanted();
    }
    return feeds;
  }

  private void grow(List<Sample<S>> samples, List<? extends Distribution> rows) {
    // Drawing looks at the whole vocabulary.
    runner.each(samples.size(), i -> show(samples.get(i), rows.get(i)));
    report();
  }

  /** What cannot be shown to one, such as figures that are no numbers, ends its call only. */
  private void show(Sample<S> sample, Distribution next) {
    try {
      sample.sequence().show(next);
    } catch (RuntimeException e) {
      sample.prompt().call().fail(e);
    }
  }

  private void show(Feed<S> feed, List<? extends Distribution> piece) {
    try {
      feed.show(piece);
    } catch (RuntimeException e) {
      feed.call().fail(e);
    }
  }

  /** Tells of new tokens and hands over what is finished. */
  private void report() {
    for (Sample<S> sample : growing) {
      if (sample.prompt().call().isAbandoned()) continue;
      try {
        sample.prompt().tell(sample.sequence());
      } catch (RuntimeException e) {
        sample.prompt().call().fail(e);
      }
    }
    remove(growing, s -> s.sequence().isDone(), s -> {
      s.strand().close();
      s.prompt().finish(s);
    });
  }

  private void settle(Feed<S> feed) {
    if (!feed.isRead() || feed.call().isAbandoned()) return;
    reading.remove(feed);
    runner.keep(feed);
    switch (feed) {
      case PromptFeed<S> prompt -> {
        promptTokens += feed.tokens().length;
        cachedTokens += feed.cached();
        read.add(prompt);
      }
      case ScoredText<S> text -> {
        text.strand().close();
        text.call().finished();
      }
    }
  }

  private static <T> void remove(List<T> list, Predicate<T> which, Consumer<T> then) {
    List<T> gone = list.stream().filter(which).toList();
    list.removeAll(gone);
    gone.forEach(then);
  }
}
