package dev.nescio.trainer.finetune;

import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.PairedOutcome;
import dev.nescio.metrics.PairedOutcomes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGeneratorFactory;

/**
 * Decides whether a candidate replaces the champion, on questions that neither was trained or calibrated on.
 *
 * <p>Promoted if and only if the lower end of the 95 % interval of the paired difference in nAUPC over its ceiling is above 0
 * and the candidate flags at most 5 % of its correct answers. Coverage is reported and decides nothing.
 *
 * @param minimumQuestions fewer pairs are refused, at least 1
 * @param seed             of the bootstrap
 */
public record PairedGate(int minimumQuestions, long seed) {

  /** The rule in words, as it stands in a report. */
  public static final String RULE =
      "lower 95 % bound of the paired difference in nAUPC over its ceiling above 0, and A-FPR at most 0.05";

  private static final double LARGEST_A_FPR = 0.05;

  public PairedGate {
    if (minimumQuestions < 1) {
      throw new IllegalArgumentException("minimumQuestions must be at least 1, is " + minimumQuestions);
    }
  }

  /**
   * What the gate found.
   *
   * @param promoted   the outcome
   * @param reason     in words, with the numbers that decided
   * @param difference candidate minus champion in nAUPC over its ceiling; empty when either has no correct answer
   * @param aFpr       share of the candidate's correct answers that it flags; empty without a correct one
   */
  public record Report(
      boolean promoted, String reason, Optional<Estimate> difference, Optional<Estimate> aFpr) {}

  public Report judge(List<PairedOutcome> pairs) {
    PairedOutcomes outcomes = new PairedOutcomes(pairs);
    Optional<Estimate> aFpr = outcomes.candidateAFpr();
    if (pairs.size() < minimumQuestions) {
      return refused(
          "only %d gate questions, at least %d are needed".formatted(pairs.size(), minimumQuestions),
          Optional.empty(), aFpr);
    }
    Optional<Estimate> difference =
        outcomes.naupcOverCeilingDifference(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    if (difference.isEmpty() || aFpr.isEmpty()) {
      return refused(
          "a model without one correct answer to %d gate questions cannot be compared".formatted(pairs.size()),
          difference, aFpr);
    }
    Estimate gain = difference.get();
    Estimate flagged = aFpr.get();
    String figures =
        text("nAUPC over its ceiling %+.3f [%+.3f, %+.3f] against the champion, A-FPR %.3f, %d questions",
            gain.value(), gain.low(), gain.high(), flagged.value(), pairs.size());
    if (gain.low() <= 0) return refused("not shown to be better: " + figures, difference, aFpr);
    if (flagged.value() > LARGEST_A_FPR) {
      return refused(
          text("flags %.3f of its correct answers, more than %.2f: ", flagged.value(), LARGEST_A_FPR) + figures,
          difference, aFpr);
    }
    return new Report(true, "better: " + figures, difference, aFpr);
  }

  private static Report refused(String reason, Optional<Estimate> difference, Optional<Estimate> aFpr) {
    return new Report(false, reason, difference, aFpr);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
