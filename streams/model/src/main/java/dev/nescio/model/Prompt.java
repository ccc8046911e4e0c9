package dev.nescio.model;

import dev.nescio.language.GenerationRequest;

/**
 * A request with its tokens and the samples of it that one batch makes.
 *
 * @param index   place of the request in the call
 * @param tokens  of the whole prompt, at least one; not to be changed
 * @param shared  tokens of it, from the beginning, that are worth keeping in the prefix cache; below the length, 0 for
 *                none
 * @param first   number of the first sample
 * @param samples number of samples
 */
record Prompt(int index, GenerationRequest request, int[] tokens, int shared, int first, int samples) {

  /** Slots of the cache that a sequence of it may fill. */
  int slots() {
    return tokens.length + request.maxTokens();
  }

  /** Tokens that remain to be computed when the shared ones are at hand. */
  int rest() {
    return tokens.length - shared;
  }

  Prompt part(int from, int count) {
    return new Prompt(index, request, tokens, shared, from, count);
  }

  /** The same with all but its last token shared, for prompts that several batches need. */
  Prompt sharedWhole() {
    return new Prompt(index, request, tokens, tokens.length - 1, first, samples);
  }
}
