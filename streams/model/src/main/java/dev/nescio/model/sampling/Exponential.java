package dev.nescio.model.sampling;

/**
 * The exponential of numbers up to 0, faster than {@link Math#exp} (6 against 10 ns where it was measured) and with a
 * relative error below 1e-10: a thousand times finer than the float32 log-probabilities that it is used on. Below -708
 * it is 0.
 */
final class Exponential {

  private static final int BITS = 7;
  private static final int STEPS = 1 << BITS;
  private static final double LEAST = -708; // so that every power of two in use is a normal number
  private static final double STEP = Math.log(2) / STEPS;
  private static final double PER_STEP = 1 / STEP;
  private static final double[] POWERS = new double[STEPS]; // 2^(i / STEPS)

  static {
    for (int i = 0; i < STEPS; i++) POWERS[i] = Math.exp(i * STEP);
  }

  private Exponential() {}

  /** @param x at most 0 */
  static double of(double x) {
    if (x < LEAST) return 0;
    int n = (int) (x * PER_STEP) - 1;
    double r = x - n * STEP; // 0 to two steps
    double power = Double.longBitsToDouble((long) (Double.MAX_EXPONENT + (n >> BITS)) << 52);
    return power * POWERS[n & STEPS - 1] * (1 + r * (1 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24)))));
  }
}
