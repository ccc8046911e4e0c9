package dev.nescio.confidence;

import java.util.Arrays;

/**
 * Newton's method with backtracking for the two parameters of a {@link PlattScaling}, on standardised scores, so that
 * the unit of the raw score does not matter. The loss is convex; a tiny ridge keeps the Hessian regular.
 *
 * <p>Source: Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs for support vector machines",
 * algorithm 1.
 */
final class PlattFit {

  private static final int MAX_ITERATIONS = 100;
  private static final double RIDGE = 1e-12;
  private static final double GRADIENT_TOLERANCE = 1e-10;
  private static final double SMALLEST_STEP = 1e-10;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  private final double[] z;
  private final double[] target;

  private PlattFit(double[] z, double[] target) {
    this.z = z;
    this.target = target;
  }

  static FittedMap fit(double[] raw, boolean[] correct, int minimum) {
    int n = raw.length;
    if (correct.length != n) throw new IllegalArgumentException(n + " scores for " + correct.length + " labels");
    for (double x : raw) {
      if (!Double.isFinite(x)) throw new IllegalArgumentException("a raw score is finite, not " + x);
    }
    int right = 0;
    for (boolean c : correct) if (c) right++;
    NotEnoughLabelsException.check(n, right, minimum);

    double mean = Arrays.stream(raw).sum() / n;
    double scale = Math.sqrt(Arrays.stream(raw).map(x -> (x - mean) * (x - mean)).sum() / n);
    double high = (right + 1.0) / (right + 2.0);
    double low = 1.0 / (n - right + 2.0);
    double[] target = new double[n];
    double[] z = new double[n];
    for (int i = 0; i < n; i++) {
      target[i] = correct[i] ? high : low;
      z[i] = scale > 0 ? (raw[i] - mean) / scale : 0;
    }
    double[] ab = new PlattFit(z, target).minimise();
    double a = scale > 0 ? ab[0] / scale : 0;
    PlattScaling map = new PlattScaling(a, ab[1] - a * mean,
        Arrays.stream(raw).min().orElseThrow(), Arrays.stream(raw).max().orElseThrow());
    return FittedMap.of(map, raw, correct);
  }

  private double[] minimise() {
    double a = 0;
    double b = 0;
    double loss = loss(a, b);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      double ga = 0;
      double gb = 0;
      double haa = RIDGE;
      double hbb = RIDGE;
      double hab = 0;
      for (int j = 0; j < z.length; j++) {
        double p = sigmoid(a * z[j] + b);
        double residual = p - target[j];
        double weight = p * (1 - p);
        ga += residual * z[j];
        gb += residual;
        haa += weight * z[j] * z[j];
        hab += weight * z[j];
        hbb += weight;
      }
      if (Math.max(Math.abs(ga), Math.abs(gb)) < GRADIENT_TOLERANCE * z.length) break;
      double determinant = haa * hbb - hab * hab;
      double da = -(hbb * ga - hab * gb) / determinant;
      double db = -(haa * gb - hab * ga) / determinant;
      double slope = ga * da + gb * db;
      double step = 1;
      double next = loss(a + step * da, b + step * db);
      while (!(next <= loss + SUFFICIENT_DECREASE * step * slope) && step >= SMALLEST_STEP) {
        step /= 2;
        next = loss(a + step * da, b + step * db);
      }
      if (step < SMALLEST_STEP) break;
      a += step * da;
      b += step * db;
      loss = next;
    }
    return new double[] {a, b};
  }

  /** Cross-entropy against the smoothed targets, in nats: {@code softplus(x) - t x} for each, which cannot overflow. */
  private double loss(double a, double b) {
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      double x = a * z[i] + b;
      sum += softplus(x) - target[i] * x;
    }
    return sum;
  }

  /** {@code ln(1 + exp(x))}. */
  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** Logistic function without overflow. */
  static double sigmoid(double x) {
    if (x >= 0) return 1 / (1 + Math.exp(-x));
    double e = Math.exp(x);
    return e / (1 + e);
  }
}
