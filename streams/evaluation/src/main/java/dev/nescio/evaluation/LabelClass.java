package dev.nescio.evaluation;

/** Where a label record is. Every label record read is in exactly one class. */
public enum LabelClass {
  /** In force for its answer. */
  JOINED("joined"),
  /** An assertion that a later one of its source, or one of a source that ranks higher, has replaced. */
  SUPERSEDED("superseded"),
  /** A record that takes a label back. */
  RETRACTION("retraction"),
  /** An assertion that was taken back. */
  RETRACTED("retracted"),
  /** The label id was seen before. */
  DUPLICATE("duplicate"),
  /** The answer has not come yet. */
  WAITING("waiting"),
  /** The answer never came while the label waited. */
  ORPHAN("orphan"),
  /** Given later than answeredAt + horizon. */
  LATE("late"),
  /** Arrived after the answer's state was evicted. */
  AFTER_EVICTION("after-eviction"),
  /** Held back because its source or principal is not trusted ({@code labels.allowed}, {@code labels.blocked}). */
  QUARANTINED("quarantined"),
  /** Undecodable, invalid or on the wrong partition; see the dead-letter topic. */
  DEAD_LETTERED("dead-lettered");

  private final String wireName;

  LabelClass(String wireName) {
    this.wireName = wireName;
  }

  /** The name in {@code Accounting.labels}. */
  public String wireName() {
    return wireName;
  }
}
