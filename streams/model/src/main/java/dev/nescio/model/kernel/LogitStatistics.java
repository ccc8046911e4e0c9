package dev.nescio.model.kernel;

import static dev.nescio.model.kernel.Lanes.FLOATS;
import static dev.nescio.model.kernel.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * What there is to know about the distribution that logits stand for.
 *
 * @param best    most likely token, the lower of two alike
 * @param highest its logit
 * @param second  the logit of the second best token
 * @param logSum  log of the sum of the exponentials: a token's log-probability is its logit minus this
 * @param entropy nats, 0 or above
 */
public record LogitStatistics(int best, float highest, float second, double logSum, double entropy) {

  /** Sums run in floats only this far. */
  private static final int PART = 1024;

  /** Of the logits at {@code from}, at least two. */
  public static LogitStatistics of(float[] logits, int from, int width) {
    float highest = max(logits, from, from + width);
    int best = from;
    while (logits[best] != highest) {
      if (++best == from + width) throw new ArithmeticException("the logits are not numbers: the model's weights are damaged");
    }
    float second = Math.max(max(logits, from, best), max(logits, best + 1, from + width));
    double sum = 0;
    double weighted = 0;
    for (int at = from; at < from + width; at += PART) {
      int end = Math.min(at + PART, from + width);
      FloatVector exps = FloatVector.zero(FLOATS);
      FloatVector products = exps;
      for (int i = at; i < end; i += WIDTH) {
        VectorMask<Float> mask = FLOATS.indexInRange(i, end);
        FloatVector d = FloatVector.fromArray(FLOATS, logits, i, mask).sub(highest);
        FloatVector e = Lanes.exp(d);
        exps = exps.add(e, mask);
        products = products.add(e.mul(d), mask);
      }
      sum += Lanes.sum(exps);
      weighted += Lanes.sum(products);
    }
    double log = StrictMath.log(sum);
    return new LogitStatistics(best - from, highest, second, highest + log, Math.max(0, log - weighted / sum));
  }

  private static float max(float[] values, int from, int to) {
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int i = from;
    for (; i + WIDTH <= to; i += WIDTH) most = most.max(FloatVector.fromArray(FLOATS, values, i));
    float max = most.reduceLanes(VectorOperators.MAX);
    for (; i < to; i++) max = Math.max(max, values[i]);
    return max;
  }
}
