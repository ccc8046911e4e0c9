package dev.nescio.confidence;

import java.util.List;

/**
 * A limit that follows a drifting stream: after each label it moves by {@code eta (alpha - loss)}, where the loss is 1
 * for an answer that was given and wrong. Immutable.
 *
 * <p>Of any T labels in any order, not only exchangeable ones, the share answered and wrong is at most
 * {@code alpha + (1 + eta)/(eta T)}: the limit cannot fall below -eta, where nothing is answered, nor rise above 1. It
 * is the promise of {@link ThresholdTarget#WRONG_AND_ANSWERED_AT_MOST} in the long run; a limit on its way may break it
 * for a while.
 *
 * <p>Source: Gibbs and Candès 2021, "Adaptive conformal inference under distribution shift" (arXiv 2106.00170),
 * equation 2, on the limit itself.
 *
 * @param score the score that it belongs to
 * @param tau   the limit: flagged if and only if above; may be below 0, where everything is
 * @param alpha aimed-at share of wrong and answered, in (0, 1)
 * @param eta   step, in (0, 1); .005 to .05 is common
 */
public record AdaptiveThreshold(ThresholdScore score, double tau, double alpha, double eta) {

  public AdaptiveThreshold {
    FixedSequenceThreshold.requireShare("alpha", alpha);
    FixedSequenceThreshold.requireShare("eta", eta);
    if (!(tau >= -1 && tau <= 1)) throw new IllegalArgumentException("tau is in [-1, 1], not " + tau);
  }

  /** From a limit fitted for {@link ThresholdTarget#WRONG_AND_ANSWERED_AT_MOST}, whose promise it keeps up. */
  public static AdaptiveThreshold from(FittedThreshold fitted, double eta) {
    if (fitted.target() != ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST) {
      throw new IllegalArgumentException("an adaptive limit continues one for "
          + ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST + ", not for " + fitted.target());
    }
    return new AdaptiveThreshold(fitted.score(), Math.max(-eta, fitted.tau()), fitted.alpha(), eta);
  }

  /**
   * The limit fitted on the older half of some labelled answers, moved on by each of the newer half: a function of the
   * answers and their order alone.
   *
   * @param oldestFirst at least one answer; the order is that of their decisions
   * @param alpha       aimed-at share of wrong and answered, in (0, 1)
   * @param eta         step, in (0, 1)
   * @return target {@link ThresholdTarget#WRONG_AND_ANSWERED_AT_MOST}; fitted on all of them
   */
  public static FittedThreshold follow(ThresholdScore score, List<Flagged> oldestFirst, double alpha, double eta) {
    int half = (oldestFirst.size() + 1) / 2;
    AdaptiveThreshold limit = from(ConformalRiskThreshold.fit(score, oldestFirst.subList(0, half), alpha), eta);
    for (Flagged newer : oldestFirst.subList(half, oldestFirst.size())) limit = limit.after(newer);
    int correct = (int) oldestFirst.stream().filter(Flagged::correct).count();
    return new FittedThreshold(
        score, limit.tau(), ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST, alpha, oldestFirst.size(), correct);
  }

  /** True when an answer of this score is flagged. */
  public boolean flags(double answerScore) {
    return answerScore > tau;
  }

  /** The limit after the label of an answer that was decided by this one. */
  public AdaptiveThreshold after(Flagged labelled) {
    double loss = !flags(labelled.score()) && !labelled.correct() ? 1 : 0;
    return new AdaptiveThreshold(score, Math.min(1, tau + eta * (alpha - loss)), alpha, eta);
  }
}
