package dev.nescio.model.batch;

import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Internals;
import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.kernel.KvSequence;
import dev.nescio.model.kernel.Probe;
import dev.nescio.model.kernel.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A sample that is being written, one token a run. */
final class Sample {

  private final PromptFeed prompt;
  private final KvSequence kv;
  private final GrowingSequence sequence;
  private final List<Probe> probes = new ArrayList<>();

  Sample(PromptFeed prompt, KvSequence kv, GrowingSequence sequence) {
    this.prompt = prompt;
    this.kv = kv;
    this.sequence = sequence;
  }

  PromptFeed prompt() {
    return prompt;
  }

  KvSequence kv() {
    return kv;
  }

  GrowingSequence sequence() {
    return sequence;
  }

  Span next() {
    Optional<Probe> probe = Optional.empty();
    if (prompt.prompt().request().internals()) {
      probes.add(new Probe(prompt.model().weights().weights().shape(), 1));
      probe = Optional.of(probes.getLast());
    }
    return new Span(kv, new int[] {sequence.last()}, prompt.adapter(), 1, probe);
  }

  /** The finished sequence, with what went on inside if it was asked for. */
  Sequence result() {
    Sequence done = sequence.result();
    if (!prompt.prompt().request().internals()) return done;
    int span = done.tokens().size();
    if (span == 0) return done.withInternals(prompt.internals());
    float[][] attention = new float[span][];
    for (int i = 0; i < span; i++) attention[i] = probes.get(i).attentionToPrevious()[0];
    return done.withInternals(Optional.of(new Internals(probes.get(span - 1).hidden(), attention)));
  }
}
