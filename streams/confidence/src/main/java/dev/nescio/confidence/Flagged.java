package dev.nescio.confidence;

/**
 * A labelled calibration answer that a threshold may flag.
 *
 * @param score   the score of the threshold; higher means less sure; flagged if and only if above the threshold
 * @param correct the verdict
 */
public record Flagged(double score, boolean correct) {
  public Flagged {
    if (!Double.isFinite(score)) throw new IllegalArgumentException("a score is finite, not " + score);
  }
}
