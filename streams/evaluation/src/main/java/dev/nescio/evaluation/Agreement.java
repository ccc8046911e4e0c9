package dev.nescio.evaluation;

import dev.nescio.metrics.Direction;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Intervals;
import dev.nescio.metrics.NamedEstimate;
import java.util.List;
import java.util.Optional;

/**
 * How far a grader or a judge model agrees with people, on the answers that both have labelled: the share of equal
 * verdicts with Wilson's interval, and Cohen's kappa, which takes out the agreement that chance alone would bring, with
 * the interval of Cohen 1960. Shares are in [0, 1], kappa in [-1, 1]; higher is better.
 *
 * @param rater {@code grader} or {@code judge}
 * @param rr    both say right
 * @param rw    the rater says right, the person wrong
 * @param wr    the rater says wrong, the person right
 * @param ww    both say wrong
 */
record Agreement(String rater, long rr, long rw, long wr, long ww) {

  private static final double Z = 1.959963984540054;

  static List<Agreement> of(Tally tally) {
    return List.of(
        new Agreement("grader", tally.count(Count.GRADER_RIGHT_PERSON_RIGHT),
            tally.count(Count.GRADER_RIGHT_PERSON_WRONG), tally.count(Count.GRADER_WRONG_PERSON_RIGHT),
            tally.count(Count.GRADER_WRONG_PERSON_WRONG)),
        new Agreement("judge", tally.count(Count.JUDGE_RIGHT_PERSON_RIGHT),
            tally.count(Count.JUDGE_RIGHT_PERSON_WRONG), tally.count(Count.JUDGE_WRONG_PERSON_RIGHT),
            tally.count(Count.JUDGE_WRONG_PERSON_WRONG)));
  }

  long n() {
    return rr + rw + wr + ww;
  }

  /** Empty without an answer that both have labelled. */
  Optional<Estimate> share() {
    return n() == 0 ? Optional.empty() : Optional.of(Intervals.wilson(rr + ww, n()));
  }

  /** Empty when one of the two always says the same: agreement by chance is then certain. */
  Optional<Estimate> kappa() {
    if (n() == 0) return Optional.empty();
    double n = n();
    double observed = (rr + ww) / n;
    double chance = ((rr + rw) / n) * ((rr + wr) / n) + ((wr + ww) / n) * ((rw + ww) / n);
    if (chance >= 1) return Optional.empty();
    double kappa = (observed - chance) / (1 - chance);
    double half = Z * Math.sqrt(observed * (1 - observed) / (n * (1 - chance) * (1 - chance)));
    return Optional.of(new Estimate(kappa, n(), Math.max(-1, kappa - half), Math.min(1, kappa + half)));
  }

  List<NamedEstimate> figures() {
    return List.of(new NamedEstimate(name("agreement"), Direction.HIGHER_IS_BETTER, share()),
        new NamedEstimate(name("kappa"), Direction.HIGHER_IS_BETTER, kappa()));
  }

  /** Why there is no figure. */
  String reason() {
    return n() == 0 ? "no answer was labelled by a person and by the " + rater
        : "undefined for these " + n() + " answers";
  }

  private String name(String figure) {
    return figure + ":of=" + rater + ":with=person";
  }
}
