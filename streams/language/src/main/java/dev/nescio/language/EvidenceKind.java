package dev.nescio.language;

/** Kinds of evidence that differ between models and servers. */
public enum EvidenceKind {
  TOKEN_LOG_PROBS,
  ALTERNATIVES,
  /** Entropy over the full vocabulary, not over the returned alternatives. */
  FULL_ENTROPY,
  /** Probability of {@code <IDK>} after the answer span. */
  P_IDK,
  SAMPLES,
  CONTINUATION_SCORES,
  /** Hidden states and attention weights of an answer, see {@link Internals}. */
  INTERNALS
}
