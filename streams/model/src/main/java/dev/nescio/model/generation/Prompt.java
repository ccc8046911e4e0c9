package dev.nescio.model.generation;

import dev.nescio.language.GenerationRequest;
import dev.nescio.model.tokenizer.ModelTokenizer;

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
public record Prompt(int index, GenerationRequest request, int[] tokens, int shared, int first, int samples) {

  /** A shorter prefix costs more to look up than to compute. */
  private static final int SHORTEST_PREFIX = 16;

  /**
   * All samples of a request.
   *
   * @param index place of the request in the call
   * @throws IllegalArgumentException if the prompt has no tokens
   */
  public static Prompt of(int index, GenerationRequest request, ModelTokenizer tokenizer) {
    int[] tokens = request.chat().isEmpty()
        ? tokenizer.encode(request.prompt())
        : tokenizer.encodeChat(request.chat(), true);
    if (tokens.length == 0) throw new IllegalArgumentException("the prompt of request " + index + " has no tokens");
    int shared = 0;
    if (!request.sharedPrefix().isEmpty()) {
      int common = TokenIds.common(tokens, tokenizer.encode(request.sharedPrefix()));
      shared = Math.min(common, tokens.length - 1);
    }
    return new Prompt(index, request, tokens, shared < SHORTEST_PREFIX ? 0 : shared, 0, request.samples());
  }

  /** Slots of the cache that a sequence of it may fill. */
  public int slots() {
    return tokens.length + request.maxTokens();
  }

  /** Tokens that remain to be computed when the shared ones are at hand. */
  public int rest() {
    return tokens.length - shared;
  }

  /** Some of its samples, beginning with number {@code from}. */
  public Prompt part(int from, int count) {
    return new Prompt(index, request, tokens, shared, from, count);
  }

  /** The same with all but its last token shared, for prompts that several batches need. */
  public Prompt sharedWhole() {
    return new Prompt(index, request, tokens, tokens.length - 1, first, samples);
  }
}
