package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Teacher forcing: what a model would have reported, had it written the given continuation. */
final class Scoring {

  /** Positions computed in one call. */
  private static final int MAX_POSITIONS = 1024;
  /** Distributions held at once. */
  private static final int MAX_DISTRIBUTIONS = 128;

  private final LlamaForward forward;
  private final LlamaForward.Variant variant;
  private final LlamaConfig config;
  private final ModelTokenizer tokenizer;
  private final NDManager manager;
  private final long[] watched;

  Scoring(RunContext context, LlamaForward.Variant variant) {
    this.forward = context.forward();
    this.variant = variant;
    this.config = context.config();
    this.tokenizer = context.tokenizer();
    this.manager = context.manager();
    this.watched = context.watched();
  }

  /** Scores all texts; results are stored by index. */
  void run(List<TextToScore> texts, Sequence[] results) {
    List<TextToScore> sorted = new ArrayList<>(texts);
    sorted.sort(Comparator.comparingInt((TextToScore t) -> t.tokens().length).thenComparingInt(TextToScore::index));
    int from = 0;
    while (from < sorted.size()) {
      int to = from + 1;
      while (to < sorted.size() && (to + 1 - from) * sorted.get(to).tokens().length <= MAX_POSITIONS) to++;
      batch(sorted.subList(from, to), results);
      from = to;
    }
  }

  private void batch(List<TextToScore> texts, Sequence[] results) {
    int n = texts.size();
    int t = texts.getLast().tokens().length;
    long[] ids = new long[n * t];
    long[] positions = new long[n * t];
    float[] mask = new float[n * t * t];
    List<Integer> take = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      int[] tokens = texts.get(r).tokens();
      for (int i = 0; i < t; i++) {
        // Padded on the right: nothing that counts looks there.
        ids[r * t + i] = i < tokens.length ? tokens[i] : 0;
        positions[r * t + i] = i;
        for (int k = i + 1; k < t; k++) mask[(r * t + i) * t + k] = Float.NEGATIVE_INFINITY;
      }
      for (int i = texts.get(r).start() - 1; i < tokens.length; i++) take.add(r * t + i);
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray states = forward.states(variant, forward.newCache(scope, n, t), 0, 0, scope.create(ids, new Shape(n, t)),
          scope.create(positions, new Shape(n, t)), scope.create(mask, new Shape(n, 1, t, t)),
          scope.create(LongRange.of(take.stream().mapToInt(i -> i).toArray())));
      read(texts, states, results);
    }
  }

  /** Positions of a text in turn: those before its tokens give their scores, the last one what would follow. */
  private void read(List<TextToScore> texts, NDArray states, Sequence[] results) {
    int best = Math.max(2, texts.stream().mapToInt(TextToScore::alternatives).max().orElse(0));
    try (PositionReader reader = new PositionReader(states, targets(texts), best)) {
      for (TextToScore text : texts) {
        List<Token> tokens = new ArrayList<>();
        for (int i = text.start(); i < text.tokens().length; i++) tokens.add(reader.token(text, i));
        results[text.index()] = reader.sequence(text.continuation(), tokens);
      }
    }
  }

  /** The token that follows each position in its text; any token where none does. */
  private static long[] targets(List<TextToScore> texts) {
    return texts.stream().flatMapToInt(text -> IntStream.concat(
        Arrays.stream(text.tokens(), text.start(), text.tokens().length), IntStream.of(0))).asLongStream().toArray();
  }

  /** Walks over the states, observing a few at a time. */
  private final class PositionReader implements AutoCloseable {

    private final NDArray states;
    private final long[] targets;
    private final int best;
    private NDManager scope;
    private Distributions distributions;
    private float[] targetLogProbs;
    private int position;
    private int from;
    private int to;

    /** @param best most likely tokens to look at, at least 2: their difference is the margin */
    PositionReader(NDArray states, long[] targets, int best) {
      this.states = states;
      this.targets = targets;
      this.best = best;
    }

    Token token(TextToScore text, int place) {
      int id = text.tokens()[place];
      int row = advance();
      return new Token(id, tokenizer.decode(id), targetLogProbs[row], Optional.of(distributions.entropy(row)),
          Optional.of(distributions.margin(row)), distributions.alternatives(row, text.alternatives(), tokenizer));
    }

    Sequence sequence(String text, List<Token> tokens) {
      int row = advance();
      return new Sequence(text, tokens, Finish.LENGTH, false, distributions.pIdk(row),
          Optional.of(distributions.endLogProb(row)), 0);
    }

    private int advance() {
      if (position == to) {
        from = to;
        to = (int) Math.min(states.getShape().get(0), from + MAX_DISTRIBUTIONS);
        close();
        scope = manager.newSubManager();
        NDArray part = states.get(from + ":" + to);
        part.attach(scope);
        LlamaForward.Observed observed = forward.observe(variant, part, best, scope.create(watched));
        distributions = new Distributions(observed, config.endTokenIds().size(), false);
        NDArray ids = scope.create(Arrays.copyOfRange(targets, from, to));
        targetLogProbs = forward.pick(observed.logProbs(), ids).toFloatArray();
      }
      return position++ - from;
    }

    @Override
    public void close() {
      if (scope != null) scope.close();
    }
  }
}
