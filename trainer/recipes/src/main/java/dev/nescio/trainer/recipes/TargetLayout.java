package dev.nescio.trainer.recipes;

/**
 * What the model is trained to say after the prompt; the end token follows in every case.
 *
 * <p>Source: Lee et al. 2026 (KWT, arXiv 2604.05779), section 3.3 and appendix D.
 */
public enum TargetLayout {

  /** The answer. */
  PLAIN("none"),

  /** The answer, then {@code <IDK>}: the answer stays available, flagged. */
  APPEND("append"),

  /** {@code <IDK>}, then the answer. */
  PREPEND("prepend"),

  /** {@code <IDK>} alone. */
  ONLY("only");

  private final String id;

  TargetLayout(String id) {
    this.id = id;
  }

  /** The name as a recipe's parameter. */
  public String id() {
    return id;
  }

  /** @throws IllegalArgumentException naming the known layouts */
  public static TargetLayout named(String id) {
    for (TargetLayout layout : values()) {
      if (layout.id.equals(id)) return layout;
    }
    throw new IllegalArgumentException("no target layout " + id + "; there are append, prepend, only and none");
  }

  /** True when {@code <IDK>} is part of the target. */
  public boolean hasIdk() {
    return this != PLAIN;
  }
}
