package dev.nescio.evaluation;

/** Where a distinct answer is. Every answerId read is in exactly one class. */
public enum AnswerClass {
  /** No label is in force. */
  WAITING("waiting"),
  /** A label is in force, possibly one that says it cannot be graded. */
  LABELLED("labelled"),
  /** Its state was evicted while no label was in force. */
  EXPIRED("expired"),
  /** The decision was {@code ERROR}; excluded from every metric, and counted. */
  ERROR("error");

  private final String wireName;

  AnswerClass(String wireName) {
    this.wireName = wireName;
  }

  /** The name in {@code Accounting.answers}. */
  public String wireName() {
    return wireName;
  }
}
