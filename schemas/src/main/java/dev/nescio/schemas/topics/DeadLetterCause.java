package dev.nescio.schemas.topics;

import java.util.Locale;

/** Why a record was set aside; the closed vocabulary of header {@code nescio.cause} and metric label {@code error}. */
public enum DeadLetterCause {
  /** Bytes that no schema of the registry explains. */
  UNDECODABLE,
  /** On a partition that murmur2 would not choose. */
  WRONG_PARTITION,
  /** Larger than the stage takes. */
  OVERSIZED,
  /** More tokens than the model's context. */
  PROMPT_TOO_LONG,
  /** Decoded, but a value breaks a rule. */
  INVALID,
  /** No key. */
  MISSING_KEY,
  /** No value on a topic where that means nothing. */
  MISSING_VALUE,
  /** The model failed on it more than once. */
  MODEL_FAILURE,
  /** Anything else that processing threw. */
  PROCESSING_FAILURE;

  /** Lower-case spelling with hyphens, as it stands in the header. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The cause with a wire name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static DeadLetterCause ofWireName(String wireName) {
    for (DeadLetterCause cause : values()) {
      if (cause.wireName().equals(wireName)) {
        return cause;
      }
    }
    throw new IllegalArgumentException("Unknown dead-letter cause: " + wireName);
  }
}
