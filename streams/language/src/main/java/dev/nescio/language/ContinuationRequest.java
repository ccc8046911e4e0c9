package dev.nescio.language;

import java.util.Optional;

/**
 * A continuation to score.
 *
 * @param prompt       what stands before, as plain text
 * @param continuation what is scored; encoded together with the prompt, so that tokens are those of the whole text
 * @param adapter      id of a loaded adapter; empty for the base
 * @param alternatives most likely tokens to report at each position, 0 to 20; a model on a server leaves them out
 */
public record ContinuationRequest(String prompt, String continuation, Optional<String> adapter, int alternatives) {

  public ContinuationRequest {
    if (alternatives < 0 || alternatives > 20) {
      throw new IllegalArgumentException("alternatives must be between 0 and 20, is " + alternatives);
    }
  }

  /** Without alternatives. */
  public ContinuationRequest(String prompt, String continuation, Optional<String> adapter) {
    this(prompt, continuation, adapter, 0);
  }
}
