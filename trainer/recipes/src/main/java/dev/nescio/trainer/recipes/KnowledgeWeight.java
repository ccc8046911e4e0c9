package dev.nescio.trainer.recipes;

/**
 * The weight of an item's loss from its n correct samples of S, in (0, 1].
 *
 * <p>Source: Lee et al. 2026 (KWT, arXiv 2604.05779), equations 3 and 4.
 */
public enum KnowledgeWeight {

  /** (n + 1) / (S + 1): known items teach most, and an unknown one still gets 1 / (S + 1). */
  FAMILIARITY("familiarity") {
    @Override
    public double of(int correct, int samples) {
      return (correct + 1.0) / (samples + 1.0);
    }
  },

  /** 1 - n / (S + 1): unknown items teach most. */
  REVERSE("reverse") {
    @Override
    public double of(int correct, int samples) {
      return 1 - correct / (samples + 1.0);
    }
  },

  /** 1. */
  UNIFORM("uniform") {
    @Override
    public double of(int correct, int samples) {
      return 1;
    }
  };

  private final String id;

  KnowledgeWeight(String id) {
    this.id = id;
  }

  /**
   * @param correct correct samples, 0 to {@code samples}
   * @param samples S, at least 1
   */
  public abstract double of(int correct, int samples);

  /** The name as a recipe's parameter. */
  public String id() {
    return id;
  }

  /** @throws IllegalArgumentException naming the known weights */
  public static KnowledgeWeight named(String id) {
    for (KnowledgeWeight weight : values()) {
      if (weight.id.equals(id)) return weight;
    }
    throw new IllegalArgumentException("no weights " + id + "; there are familiarity, reverse and uniform");
  }
}
