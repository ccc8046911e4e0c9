package dev.nescio.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Tokens that may be drawn, with weights proportional to their probabilities. Never changes what it was made of.
 *
 * @param ids     distinct
 * @param weights above 0, or 0 where a probability is too small for a double
 */
record Candidates(int[] ids, double[] weights) {

  /** Every token, at a temperature above 0. */
  static Candidates of(float[] logProbs, double temperature) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : logProbs) max = Math.max(max, value);
    double[] weights = new double[logProbs.length];
    for (int i = 0; i < weights.length; i++) weights[i] = Math.exp((logProbs[i] - max) / temperature);
    return new Candidates(IntStream.range(0, weights.length).toArray(), weights);
  }

  /** The k heaviest; of equal weights the lower ids. All when k is 0 or not below their number. */
  Candidates topK(int k) {
    if (k == 0 || k >= ids.length) return this;
    double[] sorted = weights.clone();
    Arrays.sort(sorted);
    double least = sorted[sorted.length - k];
    return select(heaviest(least), k);
  }

  /** The smallest set of heaviest tokens that holds at least p of the weight. */
  Candidates topP(double p) {
    if (p >= 1) return this;
    double total = Arrays.stream(weights).sum();
    // A token lighter than this cannot be needed: all such tokens together hold less than 1 - p.
    int[] order = heaviest((1 - p) * total / weights.length);
    double mass = 0;
    int n = 0;
    while (n < order.length && mass < p * total) mass += weights[order[n++]];
    return select(order, Math.max(n, 1));
  }

  /** Draws an id. */
  int draw(RandomGenerator random) {
    double rest = random.nextDouble() * Arrays.stream(weights).sum();
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] == 0) continue;
      last = i;
      rest -= weights[i];
      if (rest < 0) break;
    }
    return ids[last];
  }

  /** Places of the tokens at least so heavy, heaviest first, of equal ones the lower id first. */
  private int[] heaviest(double least) {
    return IntStream.range(0, weights.length).filter(i -> weights[i] >= least).boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -weights[i]).thenComparingInt(i -> ids[i]))
        .mapToInt(i -> i).toArray();
  }

  private Candidates select(int[] places, int count) {
    int n = Math.min(count, places.length);
    return new Candidates(
        Arrays.stream(places, 0, n).map(i -> ids[i]).toArray(),
        Arrays.stream(places, 0, n).mapToDouble(i -> weights[i]).toArray());
  }
}
