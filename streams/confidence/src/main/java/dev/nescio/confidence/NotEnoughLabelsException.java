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
