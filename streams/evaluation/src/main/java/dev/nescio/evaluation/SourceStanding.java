package dev.nescio.evaluation;

/**
 * All labels of one source about one answer, in constant size.
 *
 * @param top     the last writer
 * @param asserts assertions seen, the top included
 * @param retracts retractions seen, the top included
 */
record SourceStanding(LabelFacts top, int asserts, int retracts) {

  static SourceStanding first(LabelFacts label) {
    return new SourceStanding(label, label.retract() ? 0 : 1, label.retract() ? 1 : 0);
  }

  SourceStanding and(LabelFacts label) {
    LabelFacts later = LabelFacts.WRITERS.compare(label, top) > 0 ? label : top;
    return new SourceStanding(later, asserts + (label.retract() ? 0 : 1), retracts + (label.retract() ? 1 : 0));
  }

  /** True when this source says something now. */
  boolean asserting() {
    return !top.retract();
  }

  /** Adds the class of each record of this source. */
  void account(boolean inForce, Accounts accounts) {
    accounts.add(LabelClass.RETRACTION, retracts);
    if (!asserting()) {
      accounts.add(LabelClass.RETRACTED, asserts);
    } else {
      accounts.add(LabelClass.JOINED, inForce ? 1 : 0);
      accounts.add(LabelClass.SUPERSEDED, inForce ? asserts - 1 : asserts);
    }
  }
}
