package dev.nescio.model.generation;

import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import java.util.ArrayList;
import java.util.List;

/** Collects what batches finish, in any order, into one generation a request. */
public final class GenerationResults {

  private final List<Prompt> prompts;
  private final Sequence[][] sequences;
  private final int[] cached;

  /** @param prompts of one call, each with all its samples; their indexes count from 0 */
  public GenerationResults(List<Prompt> prompts) {
    this.prompts = prompts;
    this.sequences = new Sequence[prompts.size()][];
    this.cached = new int[prompts.size()];
    for (Prompt prompt : prompts) sequences[prompt.index()] = new Sequence[prompt.samples()];
  }

  /**
   * A prompt was read.
   *
   * @param cachedTokens of its tokens, those whose keys and values were at hand
   */
  public void prompt(Prompt prompt, int cachedTokens) {
    cached[prompt.index()] = cachedTokens;
  }

  /**
   * A sequence is done.
   *
   * @param request place of its request in the call
   * @param sample  its number among the request's samples
   */
  public void sequence(int request, int sample, Sequence sequence) {
    sequences[request][sample] = sequence;
  }

  /** One generation a prompt, in their order; to be asked when every sequence has come. */
  public List<Generation> generations() {
    List<Generation> generations = new ArrayList<>();
    for (Prompt prompt : prompts) {
      int i = prompt.index();
      generations.add(new Generation(List.of(sequences[i]), prompt.tokens().length, cached[i]));
    }
    return generations;
  }
}
