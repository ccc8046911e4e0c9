package dev.nescio.confidence;

/**
 * Logistic regression by Newton's method with backtracking: a few features, targets in [0, 1]. The loss is convex; a
 * tiny ridge keeps the Hessian regular where features depend on each other.
 *
 * <p>Source: Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs for support vector machines",
 * algorithm 1.
 */
final class LogisticFit {

  private static final int MAX_ITERATIONS = 100;
  /** A share of the number of rows. */
  private static final double RIDGE = 1e-12;
  private static final double GRADIENT_TOLERANCE = 1e-10;
  private static final double SMALLEST_STEP = 1e-10;
  /** A predicted decrease below this share of the loss is lost in its rounding: no line search can see it. */
  private static final double NEGLIGIBLE = 1e-12;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  private final double[][] features;
  private final double[] target;
  private final int columns;

  private LogisticFit(double[][] features, double[] target) {
    this.features = features;
    this.target = target;
    this.columns = features[0].length;
  }

  /**
   * The weights with the smallest cross-entropy.
   *
   * @param features [n][d], of order 1, with a column of ones for the intercept; n at least 1
   * @param target   [n], in (0, 1), so that the weights are finite
   * @return [d]
   */
  static double[] minimise(double[][] features, double[] target) {
    return new LogisticFit(features, target).minimise();
  }

  /**
   * Platt's targets, (n₊ + 1)/(n₊ + 2) for a correct answer and 1/(n₋ + 2) for the others: maximum likelihood with a
   * uniform prior, so that separable labels have a finite fit.
   */
  static double[] smoothedTargets(boolean[] correct) {
    int right = 0;
    for (boolean c : correct) if (c) right++;
    double high = (right + 1.0) / (right + 2.0);
    double low = 1.0 / (correct.length - right + 2.0);
    double[] target = new double[correct.length];
    for (int i = 0; i < target.length; i++) target[i] = correct[i] ? high : low;
    return target;
  }

  private double[] minimise() {
    double[] weights = new double[columns];
    double loss = loss(weights);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      double[] gradient = new double[columns];
      double[][] hessian = new double[columns][columns];
      derivatives(weights, gradient, hessian);
      double steepest = 0;
      for (double g : gradient) steepest = Math.max(steepest, Math.abs(g));
      if (steepest < GRADIENT_TOLERANCE * target.length) break;
      double[] direction = solve(hessian, gradient);
      double slope = 0;
      for (int c = 0; c < columns; c++) slope += gradient[c] * direction[c];
      if (-slope <= NEGLIGIBLE * loss) return along(weights, direction, 1);
      double step = 1;
      double[] next = along(weights, direction, step);
      double lower = loss(next);
      while (!(lower <= loss + SUFFICIENT_DECREASE * step * slope) && step >= SMALLEST_STEP) {
        step /= 2;
        next = along(weights, direction, step);
        lower = loss(next);
      }
      if (step < SMALLEST_STEP) break;
      weights = next;
      loss = lower;
    }
    return weights;
  }

  private void derivatives(double[] weights, double[] gradient, double[][] hessian) {
    for (int c = 0; c < columns; c++) hessian[c][c] = RIDGE * target.length;
    for (int row = 0; row < target.length; row++) {
      double[] x = features[row];
      double p = sigmoid(dot(weights, x));
      double residual = p - target[row];
      double weight = p * (1 - p);
      for (int a = 0; a < columns; a++) {
        gradient[a] += residual * x[a];
        for (int b = 0; b <= a; b++) hessian[a][b] += weight * x[a] * x[b];
      }
    }
    for (int a = 0; a < columns; a++) {
      for (int b = a + 1; b < columns; b++) hessian[a][b] = hessian[b][a];
    }
  }

  /** Minus the inverse of a positive definite matrix times a vector, by elimination. */
  private static double[] solve(double[][] matrix, double[] vector) {
    int n = vector.length;
    double[] right = new double[n];
    for (int i = 0; i < n; i++) right[i] = -vector[i];
    for (int pivot = 0; pivot < n; pivot++) {
      for (int row = pivot + 1; row < n; row++) {
        double factor = matrix[row][pivot] / matrix[pivot][pivot];
        for (int c = pivot; c < n; c++) matrix[row][c] -= factor * matrix[pivot][c];
        right[row] -= factor * right[pivot];
      }
    }
    for (int row = n - 1; row >= 0; row--) {
      for (int c = row + 1; c < n; c++) right[row] -= matrix[row][c] * right[c];
      right[row] /= matrix[row][row];
    }
    return right;
  }

  /** Cross-entropy in nats: {@code softplus(x) - t x} for each row, which cannot overflow. */
  private double loss(double[] weights) {
    double sum = 0;
    for (int row = 0; row < target.length; row++) {
      double x = dot(weights, features[row]);
      sum += softplus(x) - target[row] * x;
    }
    return sum;
  }

  private static double[] along(double[] weights, double[] direction, double step) {
    double[] next = new double[weights.length];
    for (int c = 0; c < next.length; c++) next[c] = weights[c] + step * direction[c];
    return next;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  }

  /** {@code ln(1 + exp(x))}. */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** Logistic function without overflow. */
  static double sigmoid(double x) {
    if (x >= 0) return 1 / (1 + Math.exp(-x));
    double e = Math.exp(x);
    return e / (1 + e);
  }
}
