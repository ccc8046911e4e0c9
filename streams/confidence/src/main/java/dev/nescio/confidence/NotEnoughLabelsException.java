package dev.nescio.confidence;

/** A map cannot be fitted on these labels; the message says how many there are and what is needed. */
public final class NotEnoughLabelsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int labels;
  private final int minimum;

  private NotEnoughLabelsException(String message, int labels, int minimum) {
    super(message);
    this.labels = labels;
    this.minimum = minimum;
  }

  /** Labels there are. */
  public int labels() {
    return labels;
  }

  /** Labels needed. */
  public int minimum() {
    return minimum;
  }

  /**
   * Checks what a map is to be fitted on.
   *
   * @throws IllegalArgumentException when a score is not finite, or scores and labels are not as many
   */
  static void check(double[] raw, boolean[] correct, int minimum) {
    if (correct.length != raw.length) {
      throw new IllegalArgumentException(raw.length + " scores for " + correct.length + " labels");
    }
    int right = 0;
    for (int i = 0; i < raw.length; i++) {
      if (!Double.isFinite(raw[i])) throw new IllegalArgumentException("a raw score is finite, not " + raw[i]);
      if (correct[i]) right++;
    }
    check(raw.length, right, minimum);
  }

  static void check(int labels, int correct, int minimum) {
    if (labels < minimum) {
      throw new NotEnoughLabelsException(
          labels + " of " + minimum + " labels needed to fit a calibration map", labels, minimum);
    }
    if (correct == 0 || correct == labels) {
      throw new NotEnoughLabelsException("all " + labels + " labels are " + (correct == 0 ? "incorrect" : "correct")
          + "; a calibration map needs both kinds", labels, minimum);
    }
  }
}
