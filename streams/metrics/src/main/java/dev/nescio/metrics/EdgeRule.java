package dev.nescio.metrics;

/** Which bin a confidence on the edge between two belongs to; part of the name of a metric over bins. */
public enum EdgeRule {
  /** The bin below: (lower, upper], the first with 0. */
  RIGHT("right"),
  /** The bin above: [lower, upper), the last with 1. */
  LEFT("left");

  private final String label;

  EdgeRule(String label) {
    this.label = label;
  }

  /** As it stands in a name: the side on which bins are closed. */
  String label() {
    return label;
  }
}
