package dev.nescio.model.generation;

import dev.nescio.language.Generation.Sequence;

/** Where a batch's results go, in the order in which they come about. */
public interface Results {

  /**
   * A prompt, or some samples of it, has begun.
   *
   * @param cachedTokens of its tokens, those whose keys and values were at hand
   */
  void prompt(Prompt prompt, int cachedTokens);

  /**
   * A sequence is done.
   *
   * @param request place of its request in the call
   * @param sample  its number among the request's samples
   */
  void sequence(int request, int sample, Sequence sequence);
}
