package dev.nescio.model.batch;

import dev.nescio.language.Internals;
import dev.nescio.language.TokenListener;
import dev.nescio.model.generation.GenerationResults;
import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.kernel.KvSequence;
import dev.nescio.model.kernel.Probe;
import java.util.List;
import java.util.Optional;

/** A prompt and the samples that go on from it. */
final class PromptFeed extends Feed {

  private final Prompt prompt;
  private final TokenListener listener;
  private final GenerationResults results;
  private Probe probe;
  private LogitRow first;
  private int begun;
  private int open;

  PromptFeed(Call call, LoadedModel model, Prompt prompt, TokenListener listener, GenerationResults results) {
    super(call, model, prompt.tokens(), prompt.tokens().length - 1);
    this.prompt = prompt;
    this.listener = listener;
    this.results = results;
    this.open = prompt.samples();
  }

  Prompt prompt() {
    return prompt;
  }

  /** Tells of the tokens of a sample that have become certain. */
  void tell(GrowingSequence sample) {
    sample.tell(listener);
  }

  @Override
  Optional<Probe> probe(int length) {
    if (!prompt.request().internals()) return Optional.empty();
    probe = new Probe(model().weights().weights().shape(), length);
    return Optional.of(probe);
  }

  @Override
  void show(List<LogitRow> piece) {
    if (piece.isEmpty()) return;
    first = piece.getLast().kept();
    results.prompt(prompt, cached());
  }

  /** True while samples have not begun. */
  boolean hasMore() {
    return begun < prompt.samples();
  }

  /** The distribution that every sample begins with. */
  LogitRow first() {
    return first;
  }

  /** Keys and values for the next sample; the last one takes the prompt's own. */
  KvSequence sampleKv() {
    return begun + 1 < prompt.samples() ? kv().fork() : kv();
  }

  int nextSample() {
    return prompt.first() + begun++;
  }

  /** Takes a finished sample. */
  void finish(Sample sample) {
    results.sequence(prompt.index(), sample.sequence().sample(), sample.result());
    if (--open == 0) call().finished();
  }

  /** Hidden states at the prompt's end, for samples that say nothing. */
  Optional<Internals> internals() {
    return Optional.ofNullable(probe).map(p -> new Internals(p.hidden(), new float[0][]));
  }
}
