package dev.nescio.evaluation;

import dev.nescio.metrics.Observation;
import java.util.Arrays;

/**
 * How the confidences of all answers are spread, labelled or not: counts in {@value #BINS} right-closed bins of equal
 * width. Mutable; exact under add, remove and merge in any order.
 */
final class ConfidenceShape {

  static final int BINS = 20;

  private final long[] counts;

  ConfidenceShape() {
    this(new long[BINS]);
  }

  private ConfidenceShape(long[] counts) {
    this.counts = counts;
  }

  /** Takes an answer with a confidence in, or with {@code sign} -1 out; one without changes nothing. */
  void add(AnswerFacts answer, int sign) {
    if (answer.failed() || answer.confidence().isEmpty()) return;
    long units = answer.confidence().getAsInt();
    counts[(int) Math.max(0, Math.ceilDiv(units * BINS, Observation.ONE) - 1)] += sign;
  }

  void merge(ConfidenceShape other, int sign) {
    for (int i = 0; i < BINS; i++) counts[i] += sign * other.counts[i];
  }

  long n() {
    return Arrays.stream(counts).sum();
  }

  boolean isEmpty() {
    return Arrays.stream(counts).allMatch(count -> count == 0);
  }

  /**
   * Largest difference between the two distribution functions at the edges of the bins, in [0, 1]; at most that of
   * Kolmogorov and Smirnov, which looks everywhere. Both must hold something.
   */
  double distance(ConfidenceShape other) {
    double mine = 0;
    double its = 0;
    double largest = 0;
    for (int i = 0; i < BINS; i++) {
      mine += counts[i];
      its += other.counts[i];
      largest = Math.max(largest, Math.abs(mine / n() - its / other.n()));
    }
    return largest;
  }

  void write(FieldWriter out) {
    int present = 0;
    for (int i = 0; i < BINS; i++) if (counts[i] != 0) present |= 1 << i;
    out.number(present);
    for (long count : counts) if (count != 0) out.number(count);
  }

  static ConfidenceShape read(FieldReader in) {
    ConfidenceShape shape = new ConfidenceShape();
    long present = in.number();
    for (int i = 0; i < BINS; i++) if ((present & 1 << i) != 0) shape.counts[i] = in.number();
    return shape;
  }

  ConfidenceShape copy() {
    return new ConfidenceShape(counts.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfidenceShape that && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(counts);
  }
}
