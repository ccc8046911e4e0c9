package dev.nescio.metrics;

/**
 * Exact sums of a loss and of its square, apart for correct and incorrect observations, so that a mean, its variance
 * and its covariance with correctness are known. Mutable.
 */
final class LossSums {

  private final ExactSum correct = new ExactSum();
  private final ExactSum incorrect = new ExactSum();
  private final ExactSum squares = new ExactSum();

  /**
   * @param loss   in the unit of the caller
   * @param coarse the same loss in units of 10⁻⁹, rounded once; only its square is kept
   */
  void add(boolean isCorrect, long loss, long coarse, int sign) {
    (isCorrect ? correct : incorrect).add(sign * loss);
    squares.addProduct(coarse, sign * coarse);
  }

  void merge(LossSums other, int sign) {
    correct.merge(other.correct, sign);
    incorrect.merge(other.incorrect, sign);
    squares.merge(other.squares, sign);
  }

  /** Sum over all observations, in the unit of the caller. */
  double total() {
    ExactSum sum = new ExactSum();
    sum.merge(correct, 1);
    sum.merge(incorrect, 1);
    return sum.toDouble();
  }

  /** Sum over the correct ones, in the unit of the caller. */
  double ofCorrect() {
    return correct.toDouble();
  }

  /** Sum of squared losses, the loss taken as a plain number. */
  double ofSquares() {
    return squares.toDouble() / ((double) Observation.ONE * Observation.ONE);
  }

  boolean isEmpty() {
    return correct.isZero() && incorrect.isZero() && squares.isZero();
  }

  boolean hasNegative() {
    return correct.isNegative() || incorrect.isNegative() || squares.isNegative();
  }

  void write(ByteWriter out) {
    correct.write(out);
    incorrect.write(out);
    squares.write(out);
  }

  void read(ByteReader in) {
    correct.read(in);
    incorrect.read(in);
    squares.read(in);
  }
}
