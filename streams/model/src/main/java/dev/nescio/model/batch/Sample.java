package dev.nescio.model.batch;

import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Internals;
import dev.nescio.model.generation.GrowingSequence;
import dev.nescio.model.kernel.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A sample that is being written, one token a run.
 *
 * @param <S> how the runner keeps sequences
 */
public final class Sample<S extends Strand> {

  private final PromptFeed<S> prompt;
  private final S strand;
  private final GrowingSequence sequence;
  private final List<Probe> probes = new ArrayList<>();

  Sample(PromptFeed<S> prompt, S strand, GrowingSequence sequence) {
    this.prompt = prompt;
    this.strand = strand;
    this.sequence = sequence;
  }

  /** The prompt that it goes on from. */
  public PromptFeed<S> prompt() {
    return prompt;
  }

  /** Its keys and values. */
  public S strand() {
    return strand;
  }

  GrowingSequence sequence() {
    return sequence;
  }

  Piece<S> next() {
    Optional<Probe> probe = prompt.newProbe(1);
    probe.ifPresent(probes::add);
    return new Piece<>(strand, new int[] {sequence.last()}, 1, prompt.look(), probe);
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
