package dev.nescio.model.generation;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.model.tokenizer.ModelTokenizer;

/**
 * A text to score.
 *
 * @param index        place in the call
 * @param tokens       prompt and continuation; not to be changed
 * @param start        index of the continuation's first token, at least 1
 * @param continuation as it was asked for
 * @param alternatives most likely tokens to report at each position
 */
public record TextToScore(int index, int[] tokens, int start, String continuation, int alternatives) {

  /**
   * A request with its tokens. The continuation starts where the tokens of the whole text leave those of the prompt.
   *
   * @param index place of the request in the call
   * @throws IllegalArgumentException if the prompt has no token before the continuation
   */
  public static TextToScore of(int index, ContinuationRequest request, ModelTokenizer tokenizer) {
    int[] prompt = tokenizer.encode(request.prompt());
    int[] all = tokenizer.encode(request.prompt() + request.continuation());
    int start = TokenIds.common(prompt, all);
    if (start == 0) {
      throw new IllegalArgumentException("the prompt of request " + index + " has no token before the continuation");
    }
    return new TextToScore(index, all, start, request.continuation(), request.alternatives());
  }
}
