package dev.nescio.model.batch;

import dev.nescio.language.Internals;
import dev.nescio.language.TokenListener;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.generation.GenerationResults;
import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.kernel.Probe;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A prompt and the samples that go on from it.
 *
 * @param <S> how the runner keeps sequences
 */
public final class PromptFeed<S extends Strand> extends Feed<S> {

  private final Prompt prompt;
  private final IntFunction<Probe> probes;
  private final TokenListener listener;
  private final GenerationResults results;
  private Probe probe;
  private Distribution first;
  private final Look look;
  private int begun;
  private int open;

  /**
   * @param strand of no tokens, without room yet
   * @param probes makes a recorder of so many tokens, for prompts that ask for internals
   */
  public PromptFeed(Call call, S strand, Prompt prompt, IntFunction<Probe> probes, TokenListener listener,
      GenerationResults results) {
    super(call, strand, prompt.tokens(), prompt.tokens().length - 1);
    this.prompt = prompt;
    this.probes = probes;
    this.listener = listener;
    this.results = results;
    this.open = prompt.samples();
    this.look = new Look(prompt.request().alternatives(), !prompt.request().sampling().isArgmax(), new int[0]);
  }

  Prompt prompt() {
    return prompt;
  }

  @Override
  public int shared() {
    return prompt.shared();
  }

  @Override
  public int slots() {
    return prompt.slots();
  }

  @Override
  public int samples() {
    return prompt.samples();
  }

  /** Tells of the tokens of a sample that have become certain. */
  void tell(GrowingSequence sample) {
    sample.tell(listener);
  }

  @Override
  Optional<Probe> probe(int length) {
    Optional<Probe> made = newProbe(length);
    made.ifPresent(mine -> probe = mine);
    return made;
  }

  /** A recorder for so many tokens, if internals are asked for. */
  Optional<Probe> newProbe(int length) {
    return prompt.request().internals() ? Optional.of(probes.apply(length)) : Optional.empty();
  }

  Look look() {
    return look;
  }

  @Override
  Look look(int from, int end) {
    return look;
  }

  @Override
  void show(List<? extends Distribution> piece) {
    if (piece.isEmpty()) return;
    first = piece.getLast().kept();
    results.prompt(prompt, cached());
  }

  /** Samples that have not begun. */
  public int remaining() {
    return prompt.samples() - begun;
  }

  /** The distribution that every sample begins with. */
  Distribution first() {
    return first;
  }

  int nextSample() {
    return prompt.first() + begun++;
  }

  /** Takes a finished sample. */
  void finish(Sample<S> sample) {
    results.sequence(prompt.index(), sample.sequence().sample(), sample.result());
    if (--open == 0) call().finished();
  }

  /** Hidden states at the prompt's end, for samples that say nothing. */
  Optional<Internals> internals() {
    return Optional.ofNullable(probe).map(p -> new Internals(p.hidden(), new float[0][]));
  }
}
