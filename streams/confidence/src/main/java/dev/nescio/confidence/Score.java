package dev.nescio.confidence;

/**
 * What an estimator says about one answer. Higher is more confident.
 *
 * <p>A {@link Probability} is meant as P(correct); an {@link Unbounded} score only ranks. A fitted calibrator is the
 * only way from one to the other.
 */
public sealed interface Score {

  record Probability(double value) implements Score {
    public Probability {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("a probability is in [0, 1], not " + value);
      }
    }
  }

  record Unbounded(double value) implements Score {
    public Unbounded {
      if (!Double.isFinite(value)) throw new IllegalArgumentException("a score is finite, not " + value);
    }
  }

  record Abstained(String reason) implements Score {}

  static Score probability(double p) {
    return new Probability(p);
  }

  static Score unbounded(double x) {
    return new Unbounded(x);
  }

  static Score abstain(String reason) {
    return new Abstained(reason);
  }
}
