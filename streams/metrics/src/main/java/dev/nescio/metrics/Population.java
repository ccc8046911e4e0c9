package dev.nescio.metrics;

/** Which labelled answers a metric is about. */
public enum Population {

  /** All labelled answers with a candidate: the headline. */
  ALL("", ""),

  /** Those that were given to the user: decision {@code ANSWER}. */
  ANSWERED("answered_", ""),

  /** Those drawn at random for labelling; people label unrepresentative answers, so these stand beside the headline. */
  AUDITED("", "_audit");

  private final String prefix;
  private final String suffix;

  Population(String prefix, String suffix) {
    this.prefix = prefix;
    this.suffix = suffix;
  }

  /** True when the answers with these marks belong to it. */
  boolean includes(boolean idk, boolean audited) {
    return switch (this) {
      case ALL -> true;
      case ANSWERED -> !idk;
      case AUDITED -> audited;
    };
  }

  /** The name of a metric over this population: {@code ece}, {@code answered_ece}, {@code ece_audit}. */
  String of(String metric) {
    return prefix + metric + suffix;
  }
}
