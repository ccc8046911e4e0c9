package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.Results;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * One batch from prompts to finished sequences: every prompt is computed once, its row is copied for further samples,
 * then all rows take a step together; a finished row gives its place to the last one.
 */
final class Decoding {

  private final LlamaForward forward;
  private final LlamaForward.Variant variant;
  private final LlamaConfig config;
  private final ModelTokenizer tokenizer;
  private final NDManager manager;
  private final long[] watched;

  Decoding(RunContext context, LlamaForward.Variant variant) {
    this.forward = context.forward();
    this.variant = variant;
    this.config = context.config();
    this.tokenizer = context.tokenizer();
    this.manager = context.manager();
    this.watched = context.watched();
  }

  /**
   * Runs a batch.
   *
   * @param prefixes gives a prompt's shared beginning, when it is at hand
   */
  void run(List<Prompt> batch, BiFunction<int[], Integer, Optional<NDArray>> prefixes, Results results) {
    try (NDManager scope = manager.newSubManager()) {
      List<Prompt> prompts = new ArrayList<>(batch);
      prompts.sort(Comparator.comparingInt(Prompt::rest).thenComparingInt(Prompt::index));
      int rows = prompts.stream().mapToInt(Prompt::samples).sum();
      int length = prompts.stream().mapToInt(p -> p.tokens().length).max().orElseThrow();
      NDArray cache = forward.newCache(scope, rows, BatchPlan.slots(prompts));
      List<GrowingSequence> live = begin(scope, prompts, prefixes, cache, length, results);
      int[] pads = live.stream().mapToInt(s -> length - s.promptTokens()).toArray();
      for (int slot = length; ; slot++) {
        compact(live, pads, cache, slot, results);
        if (live.isEmpty()) return;
        step(live, pads, cache, slot);
      }
    }
  }

  /** Computes the prompts and draws the first token of every sample. */
  private List<GrowingSequence> begin(NDManager scope, List<Prompt> prompts,
      BiFunction<int[], Integer, Optional<NDArray>> prefixes, NDArray cache, int length, Results results) {
    List<Prefill.Row> rows = prompts.stream()
        .map(p -> new Prefill.Row(
            p.tokens(), p.shared() > 0 ? prefixes.apply(p.tokens(), p.shared()) : Optional.empty()))
        .toList();
    int[] cached = new int[prompts.size()];
    List<GrowingSequence> sequences = new ArrayList<>();
    int row = 0;
    for (NDArray states : new Prefill(forward, variant).fill(scope, rows, cache, length, cached)) {
      List<Prompt> group = prompts.subList(row, row + (int) states.getShape().get(0));
      List<GrowingSequence> begun = new ArrayList<>();
      for (int i = 0; i < group.size(); i++) {
        results.prompt(group.get(i), cached[row + i]);
        for (int s = 0; s < group.get(i).samples(); s++) begun.add(sequence(group.get(i), group.get(i).first() + s));
      }
      show(states, begun, owners(group));
      sequences.addAll(begun);
      row += group.size();
      states.close();
    }
    spread(cache, owners(prompts), length);
    return sequences;
  }

  private GrowingSequence sequence(Prompt prompt, int sample) {
    return new GrowingSequence(prompt, sample, tokenizer, Set.copyOf(config.endTokenIds()));
  }

  /** Row of the prompt that each sample continues. */
  private static int[] owners(List<Prompt> prompts) {
    return IntStream.range(0, prompts.size())
        .flatMap(i -> IntStream.range(0, prompts.get(i).samples()).map(s -> i)).toArray();
  }

  /**
   * Copies prompt rows to the rows of their samples, from the last on, so that none is overwritten before it is copied.
   */
  private void spread(NDArray cache, int[] owners, int slots) {
    for (int row = owners.length - 1; row >= 0; row--) {
      if (owners[row] != row) forward.move(cache, owners[row], row, slots);
    }
  }

  private void step(List<GrowingSequence> live, int[] pads, NDArray cache, int slot) {
    int n = live.size();
    long[] ids = new long[n];
    long[] positions = new long[n];
    float[] mask = new float[n * (slot + 1)];
    for (int r = 0; r < n; r++) {
      ids[r] = live.get(r).last();
      positions[r] = live.get(r).lastPosition();
      for (int k = 0; k < pads[r]; k++) mask[r * (slot + 1) + k] = Float.NEGATIVE_INFINITY;
    }
    try (NDManager scope = manager.newSubManager()) {
      NDArray states = forward.states(variant, cache, 0, slot, scope.create(ids, new Shape(n, 1)),
          scope.create(positions, new Shape(n, 1)), scope.create(mask, new Shape(n, 1, 1, slot + 1)),
          scope.create(LongRange.first(n)));
      show(states, live, IntStream.range(0, n).toArray());
    }
  }

  private void show(NDArray states, List<GrowingSequence> sequences, int[] rows) {
    try (NDManager scope = states.getManager().newSubManager()) {
      int best = Math.max(2, sequences.stream().mapToInt(GrowingSequence::alternatives).max().orElse(0));
      NDArray mine = states.duplicate();
      mine.attach(scope);
      LlamaForward.Observed observed = forward.observe(variant, mine, best, scope.create(watched));
      boolean draws = sequences.stream().anyMatch(s -> !s.isArgmax());
      Distributions distributions = new Distributions(observed, config.endTokenIds().size(), draws);
      for (int i = 0; i < rows.length; i++) sequences.get(i).show(distributions.at(rows[i]));
    }
  }

  /** Reports finished rows and fills their places from the end. */
  private void compact(List<GrowingSequence> live, int[] pads, NDArray cache, int slots, Results results) {
    int row = 0;
    while (row < live.size()) {
      GrowingSequence sequence = live.get(row);
      if (!sequence.isDone()) {
        row++;
        continue;
      }
      results.sequence(sequence.request(), sequence.sample(), sequence.result());
      int last = live.size() - 1;
      GrowingSequence moved = live.removeLast();
      if (row < last) {
        if (!moved.isDone()) forward.move(cache, last, row, slots);
        live.set(row, moved);
        pads[row] = pads[last];
      }
    }
  }
}
