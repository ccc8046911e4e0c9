package dev.nescio.confidence;

/** The score that a threshold belongs to; both are in [0, 1], and higher means less sure. */
public enum ThresholdScore {
  /** P({@code <IDK>}) after the answer span. */
  P_IDK("p_idk"),
  /** One minus the calibrated confidence. */
  ONE_MINUS_CONFIDENCE("1 - confidence");

  private final String label;

  ThresholdScore(String label) {
    this.label = label;
  }

  /** As it stands in the reason of a decision. */
  public String label() {
    return label;
  }
}
