package dev.nescio.model;

import java.util.random.RandomGenerator;

/**
 * Tokens that may be drawn, each with a weight proportional to its probability. Immutable; in order of ids always, so that
 * a change of the last bits of the weights changes a draw only where it lies at the edge of a token.
 */
final class Candidates {

  private final int[] ids; // ascending
  private final double[] weights; // relative to the heaviest of all, which has 1; 0 where too small for a double

  private Candidates(int[] ids, double[] weights) {
    this.ids = ids;
    this.weights = weights;
  }

  /**
   * Every token.
   *
   * @param logits      [V] natural log-probabilities or logits, at least one finite; not changed
   * @param temperature above 0
   */
  static Candidates of(float[] logits, double temperature) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : logits) max = Math.max(max, value);
    int[] ids = new int[logits.length];
    double[] weights = new double[logits.length];
    for (int i = 0; i < weights.length; i++) {
      ids[i] = i;
      weights[i] = Math.exp((logits[i] - max) / temperature);
    }
    return new Candidates(ids, weights);
  }

  int size() {
    return ids.length;
  }

  int id(int i) {
    return ids[i];
  }

  double weight(int i) {
    return weights[i];
  }

  /** Sum of the weights. */
  double mass() {
    double sum = 0;
    for (double weight : weights) sum += weight;
    return sum;
  }

  double heaviestWeight() {
    double most = 0;
    for (double weight : weights) most = Math.max(most, weight);
    return most;
  }

  /** The tokens at least so heavy. */
  Candidates atLeast(double least) {
    return notAfter(least, Integer.MAX_VALUE);
  }

  /** As few of the heaviest as hold the mass, at most {@code count}, at least one; of equal weights the lower ids. */
  Candidates heaviest(int count, double mass) {
    if (count >= ids.length && mass >= mass()) return this;
    HeaviestFirst order = new HeaviestFirst(ids, weights);
    int last = order.front(count, mass) - 1;
    return notAfter(order.weight(last), order.id(last));
  }

  /** Draws an id in proportion to the weights. */
  int draw(RandomGenerator random) {
    double rest = random.nextDouble() * mass();
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] == 0) continue;
      last = i;
      rest -= weights[i];
      if (rest < 0) break;
    }
    return ids[last];
  }

  /** The tokens that are heavier, or as heavy and of no higher id. */
  private Candidates notAfter(double weight, int id) {
    int kept = 0;
    for (int i = 0; i < ids.length; i++) {
      if (weights[i] > weight || (weights[i] == weight && ids[i] <= id)) kept++;
    }
    int[] keptIds = new int[kept];
    double[] keptWeights = new double[kept];
    for (int i = 0, to = 0; to < kept; i++) {
      if (weights[i] > weight || (weights[i] == weight && ids[i] <= id)) {
        keptIds[to] = ids[i];
        keptWeights[to++] = weights[i];
      }
    }
    return new Candidates(keptIds, keptWeights);
  }
}
