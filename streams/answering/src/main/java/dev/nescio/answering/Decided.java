package dev.nescio.answering;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of a draft.
 *
 * @param idk              true for {@code IDK}, false when the answer stands
 * @param reason           which rule fired, with its numbers
 * @param confidence       calibrated P(candidate is correct) in [0, 1], a multiple of 1e-9
 * @param confidenceReason why there is no confidence; present exactly when it is empty
 */
public record Decided(
    boolean idk, String reason, OptionalDouble confidence, Optional<String> confidenceReason) {

  public Decided {
    if (confidence.isPresent() == confidenceReason.isPresent()) {
      throw new IllegalArgumentException("either a confidence or a reason why there is none");
    }
  }
}
