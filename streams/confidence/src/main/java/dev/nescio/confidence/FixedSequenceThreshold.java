package dev.nescio.confidence;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * The limit for {@link ThresholdTarget#ERROR_AMONG_ANSWERED_AT_MOST}: with probability 1 - delta over calibration sets,
 * at most alpha of the answered questions are wrong.
 *
 * <p>The error among answered is not monotone in the limit, so no order statistic will do. A grid of limits, fixed
 * before any label is seen, is walked from the strictest on; at each, "the error is above alpha" is tested with the
 * exact binomial p-value P(Bin(n, alpha) at most k) for k wrong of n answered, and the walk ends at the first that is
 * not rejected at delta. The last rejected one is the limit. The walk begins where enough are answered that a test can
 * pass at all, ln(delta)/ln(1 - alpha) answers. If none passes, everything is flagged: the promise needs a score whose
 * best answers are nearly free of errors (at alpha = delta = .05, the first 59 without one).
 *
 * <p>Source: Angelopoulos et al. 2021, "Learn then test" (arXiv 2110.01052), fixed-sequence testing.
 */
public final class FixedSequenceThreshold {

  /** Grid points an octave towards 0 and 1: a score such as p_idk may live at 10⁻⁵. */
  private static final int STEPS_AN_OCTAVE = 4;
  private static final int OCTAVES = 20;
  private static final int EVEN_STEPS = 100;
  private static final double[] GRID = grid();

  private FixedSequenceThreshold() {}

  /**
   * @param score   the score of the answers
   * @param answers exchangeable with those to come; none of them trained anything
   * @param alpha   largest error among answered, in (0, 1)
   * @param delta   allowed probability that it is exceeded, in (0, 1)
   */
  public static FittedThreshold fit(ThresholdScore score, List<Flagged> answers, double alpha, double delta) {
    requireShare("alpha", alpha);
    requireShare("delta", delta);
    double[] scores = answers.stream().mapToDouble(Flagged::score).sorted().toArray();
    double[] wrong = answers.stream().filter(a -> !a.correct()).mapToDouble(Flagged::score).sorted().toArray();
    BinomialTail tail = new BinomialTail(alpha, scores.length);
    double fewest = Math.log(delta) / Math.log1p(-alpha);
    double tau = FittedThreshold.FLAGS_EVERYTHING;
    for (double limit : GRID) {
      int answered = atMost(scores, limit);
      if (answered < fewest) continue;
      if (tail.atMost(atMost(wrong, limit), answered) > delta) break;
      tau = limit;
    }
    return new FittedThreshold(score, tau, ThresholdTarget.ERROR_AMONG_ANSWERED_AT_MOST, alpha, delta,
        scores.length, scores.length - wrong.length);
  }

  static void requireShare(String name, double value) {
    if (!(value > 0 && value < 1)) throw new IllegalArgumentException(name + " is in (0, 1), not " + value);
  }

  /** How many of the sorted scores are at most the limit. */
  private static int atMost(double[] sorted, double limit) {
    int at = Arrays.binarySearch(sorted, Math.nextUp(limit));
    while (at > 0 && sorted[at - 1] == sorted[at]) at--;
    return at >= 0 ? at : -at - 1;
  }

  private static double[] grid() {
    TreeSet<Double> points = new TreeSet<>();
    for (int i = 0; i <= EVEN_STEPS; i++) points.add(i / (double) EVEN_STEPS);
    for (int i = STEPS_AN_OCTAVE; i <= STEPS_AN_OCTAVE * OCTAVES; i++) {
      double end = Math.pow(2, -i / (double) STEPS_AN_OCTAVE);
      points.add(end);
      points.add(1 - end);
    }
    return points.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
