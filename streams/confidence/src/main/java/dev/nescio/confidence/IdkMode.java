package dev.nescio.confidence;

/** Where {@code <IDK>} comes from. */
public enum IdkMode {
  /** The model emitted {@code <IDK>}: the paper's rule. */
  TOKEN,
  /** The policy's score is above its threshold. */
  THRESHOLD,
  /** Either of the two. */
  EITHER
}
