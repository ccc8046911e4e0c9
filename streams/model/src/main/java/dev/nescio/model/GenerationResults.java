package dev.nescio.model;

import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import java.util.ArrayList;
import java.util.List;

/** Collects what batches finish, in any order, into one generation a request. */
final class GenerationResults implements Decoding.Results {

  private final List<Prompt> prompts;
  private final Sequence[][] sequences;
  private final int[] cached;

  GenerationResults(List<Prompt> prompts) {
    this.prompts = prompts;
    this.sequences = new Sequence[prompts.size()][];
    this.cached = new int[prompts.size()];
    for (Prompt prompt : prompts) sequences[prompt.index()] = new Sequence[prompt.samples()];
  }

  @Override
  public void prompt(Prompt prompt, int cachedTokens) {
    cached[prompt.index()] = Math.max(cached[prompt.index()], cachedTokens);
  }

  @Override
  public void sequence(int request, int sample, Sequence sequence) {
    sequences[request][sample] = sequence;
  }

  List<Generation> generations() {
    List<Generation> generations = new ArrayList<>();
    for (Prompt prompt : prompts) {
      int i = prompt.index();
      generations.add(new Generation(List.of(sequences[i]), prompt.tokens().length, cached[i]));
    }
    return generations;
  }
}
