package dev.nescio.metrics;

import java.util.Optional;

/**
 * The four outcomes of answering with the right to say {@code <IDK>}. {@code ERROR} and ungradable answers are
 * excluded.
 *
 * <p>Source: KWT (Lee et al. 2026, arXiv 2604.05779), section 4.3.
 *
 * @param a correct, but flagged {@code IDK}
 * @param b incorrect and flagged {@code IDK}
 * @param c correct and answered
 * @param d incorrect and answered
 */
public record OutcomeCounts(long a, long b, long c, long d) {

  public OutcomeCounts {
    if (a < 0 || b < 0 || c < 0 || d < 0) {
      throw new IllegalArgumentException("counts are 0 or above: " + a + ", " + b + ", " + c + ", " + d);
    }
  }

  /** All outcomes. */
  public long n() {
    return a + b + c + d;
  }

  /** Correct candidates, flagged or not. */
  public long correct() {
    return a + c;
  }

  /**
   * nAUPC in percent: {@code 100 [c² + c(b − a)/2 − ab/3]} of shares, the closed form of the integral over
   * t in [0, 1] of (t·b + c)(c − t·a). In [-8.33, 100]; empty without outcomes.
   */
  public Optional<Double> naupc() {
    return n() == 0 ? Optional.empty() : Optional.of(naupc(share(a), share(b), share(c)));
  }

  /**
   * nAUPC over what the same accuracy p can reach at best, {@code 100 p(1 + p)/2}: comparable between models of
   * different accuracy. At most 1; empty without a correct outcome.
   */
  public Optional<Double> naupcOverCeiling() {
    return correct() == 0 ? Optional.empty() : Optional.of(naupcOverCeiling(share(a), share(b), share(c)));
  }

  static double naupc(double a, double b, double c) {
    return 100 * (c * c + c * (b - a) / 2 - a * b / 3);
  }

  static double naupcOverCeiling(double a, double b, double c) {
    double p = a + c;
    return naupc(a, b, c) / (50 * p * (1 + p));
  }

  private double share(long count) {
    return count / (double) n();
  }
}
