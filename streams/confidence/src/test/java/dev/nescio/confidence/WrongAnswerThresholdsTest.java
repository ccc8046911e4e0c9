package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The two promises about wrong answers, and the limit that follows a drift. */
class WrongAnswerThresholdsTest {

  private static final ThresholdScore DOUBT = ThresholdScore.ONE_MINUS_CONFIDENCE;

  @Test
  void theErrorAmongAnsweredNeedsTwentyNineRightAnswersAtOneTenth() {
    // .9^29 < .05 < .9^28: with 28 answers nothing can be promised, with 29 right ones everything answered is.
    List<Flagged> answers = new ArrayList<>();
    for (int i = 0; i < 28; i++) answers.add(new Flagged(.2, true));
    assertThat(FixedSequenceThreshold.fit(DOUBT, answers, .1, .05).tau()).isEqualTo(FittedThreshold.FLAGS_EVERYTHING);
    answers.add(new Flagged(.2, true));
    FittedThreshold all = FixedSequenceThreshold.fit(DOUBT, answers, .1, .05);
    assertThat(all)
        .isEqualTo(new FittedThreshold(DOUBT, 1, ThresholdTarget.ERROR_AMONG_ANSWERED_AT_MOST, .1, .05, 29, 29));
    // Ten wrong ones at .9 stop the walk below it: .89 is the last point of the grid before it that is rejected.
    for (int i = 0; i < 10; i++) answers.add(new Flagged(.9, false));
    assertThat(FixedSequenceThreshold.fit(DOUBT, answers, .1, .05).tau()).isBetween(.2, Math.nextDown(.9));
  }

  @Test
  void theErrorAmongAnsweredHoldsInAllButDeltaOfTheCalibrationSets() {
    // P(wrong | doubt d) = d² on uniform d: with d at most t the error is t²/3; .1 is reached at t = .5477.
    Random random = new Random(1);
    int broken = 0;
    int useful = 0;
    int trials = 2000;
    for (int t = 0; t < trials; t++) {
      double tau = FixedSequenceThreshold.fit(DOUBT, draw(random, 400), .1, .1).tau();
      if (tau * tau / 3 > .1 && tau > 0) broken++;
      if (tau > .3) useful++;
    }
    // Three standard errors of a share of .1 in 2 000 trials are .02.
    assertThat(broken / (double) trials).isLessThan(.12);
    assertThat(useful / (double) trials).isGreaterThan(.8);
  }

  @ParameterizedTest
  @CsvSource({
    // n, alpha, wrong answers that may be given: floor(alpha (n + 1)) - 1
    "9, .1, 0", "19, .1, 1", "99, .05, 4", "100, .05, 4", "59, .05, 2"
  })
  void theMarginalRateAllowsAFixedNumberOfWrongAnswers(int n, double alpha, int allowed) {
    List<Flagged> answers = new ArrayList<>();
    for (int i = 1; i <= n; i++) answers.add(new Flagged(i / 1000.0, false));
    FittedThreshold fitted = ConformalRiskThreshold.fit(DOUBT, answers, alpha);
    assertThat(fitted.tau()).isEqualTo(Math.nextDown((allowed + 1) / 1000.0));
    assertThat(fitted.target()).isEqualTo(ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST);
    assertThat(answers.stream().filter(a -> a.score() <= fitted.tau()).count()).isEqualTo(allowed);
  }

  @Test
  void theMarginalRateFlagsEverythingOrNothingAtTheEnds() {
    List<Flagged> one = List.of(new Flagged(.5, true));
    assertThat(ConformalRiskThreshold.fit(DOUBT, one, .4).tau()).isEqualTo(FittedThreshold.FLAGS_EVERYTHING);
    assertThat(ConformalRiskThreshold.fit(DOUBT, one, .5).tau()).isEqualTo(1);
    assertThat(ConformalRiskThreshold.fit(DOUBT, List.of(), .5).tau()).isEqualTo(FittedThreshold.FLAGS_EVERYTHING);
  }

  @Property(tries = 200)
  void noHigherLimitKeepsTheBoundOfTheMarginalRate(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 1, max = 60) int n, @ForAll @DoubleRange(min = .02, max = .5) double alpha) {
    Random random = new Random(seed);
    List<Flagged> answers = new ArrayList<>();
    for (int i = 0; i < n; i++) answers.add(new Flagged(random.nextInt(20) / 20.0, random.nextBoolean()));
    double tau = ConformalRiskThreshold.fit(DOUBT, answers, alpha).tau();
    if (tau >= 0) assertThat(bound(answers, tau)).isLessThanOrEqualTo(alpha + 1e-12);
    if (tau < 1) assertThat(bound(answers, Math.max(0, Math.nextUp(tau)))).isGreaterThan(alpha - 1e-12);
  }

  /** {@code (n R + 1)/(n + 1)} by its definition. */
  private static double bound(List<Flagged> answers, double tau) {
    long wrong = answers.stream().filter(a -> a.score() <= tau && !a.correct()).count();
    return (wrong + 1.0) / (answers.size() + 1);
  }

  @Test
  void theMarginalRateHoldsOnAverage() {
    Random random = new Random(2);
    double sum = 0;
    int trials = 4000;
    for (int t = 0; t < trials; t++) {
      double tau = Math.max(0, ConformalRiskThreshold.fit(DOUBT, draw(random, 60), .1).tau());
      sum += tau * tau * tau / 3;
    }
    // Never above alpha, and no more than 1/(n + 1) below; three standard errors are .0015.
    assertThat(sum / trials).isBetween(.1 - 1 / 61.0 - .0015, .1 + .0015);
  }

  @Property(tries = 200)
  void theAdaptiveLimitKeepsTheLongRunRateForAnySequence(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @DoubleRange(min = .005, max = .2) @Scale(3) double eta,
      @ForAll @DoubleRange(min = .01, max = .4) double alpha,
      @ForAll @DoubleRange(min = 0, max = 1) double start) {
    Random random = new Random(seed);
    AdaptiveThreshold limit = new AdaptiveThreshold(DOUBT, start, alpha, eta);
    int wrong = 0;
    for (int t = 1; t <= 600; t++) {
      // An adversary: long calm stretches, then wrong answers with no doubt at all.
      Flagged next = t / 100 % 2 == 0 ? new Flagged(random.nextDouble(), random.nextInt(5) > 0) : new Flagged(0, false);
      if (!limit.flags(next.score()) && !next.correct()) wrong++;
      limit = limit.after(next);
      assertThat(wrong / (double) t).isLessThanOrEqualTo(alpha + (1 + eta) / (eta * t) + 1e-9);
      assertThat(limit.tau()).isBetween(-eta, 1.0);
    }
  }

  @Test
  void theAdaptiveLimitMovesByItsStep() {
    AdaptiveThreshold limit = new AdaptiveThreshold(DOUBT, .5, .1, .05);
    assertThat(limit.after(new Flagged(.4, false)).tau()).isCloseTo(.455, within(1e-12));
    assertThat(limit.after(new Flagged(.6, false)).tau()).isCloseTo(.505, within(1e-12));
    assertThat(limit.after(new Flagged(.4, true)).tau()).isCloseTo(.505, within(1e-12));
  }

  @Test
  void anAdaptiveLimitFollowsADriftThatAFixedOneAverages() {
    List<Flagged> drifting = new ArrayList<>(draw(new Random(5), 2_000));
    Random random = new Random(6);
    // From here on doubt tells nothing, and half of everything is wrong.
    for (int i = 0; i < 2_000; i++) drifting.add(new Flagged(random.nextDouble(), random.nextBoolean()));
    double fixed = ConformalRiskThreshold.fit(DOUBT, drifting, .1).tau();
    FittedThreshold followed = AdaptiveThreshold.follow(DOUBT, drifting, .1, .02);
    assertThat(fixed).as("right for neither half").isBetween(.3, .6);
    assertThat(followed.tau()).as("a fifth answered, half of that wrong").isCloseTo(.2, within(.12));
    assertThat(followed.target()).isEqualTo(ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST);
    assertThat(followed.n()).isEqualTo(4_000);

    AdaptiveThreshold slow = AdaptiveThreshold.from(
        ConformalRiskThreshold.fit(DOUBT, drifting.subList(0, 2_000), .1), .02);
    for (Flagged newer : drifting.subList(2_000, 4_000)) slow = slow.after(newer);
    assertThat(followed.tau()).isEqualTo(slow.tau());
    assertThat(AdaptiveThreshold.follow(DOUBT, drifting.subList(0, 1), .1, .02).tau()).isEqualTo(-.02);
  }

  @Test
  void thePromisesAreNeverMixed() {
    List<Flagged> answers = draw(new Random(3), 300);
    FittedThreshold among = IdkThreshold
        .fit(ThresholdTarget.ERROR_AMONG_ANSWERED_AT_MOST, DOUBT, answers, .1, .05).orElseThrow();
    FittedThreshold marginal = IdkThreshold
        .fit(ThresholdTarget.WRONG_AND_ANSWERED_AT_MOST, DOUBT, answers, .1, .05).orElseThrow();
    assertThat(among.delta()).isEqualTo(.05);
    assertThat(marginal.delta()).isZero();
    assertThat(AdaptiveThreshold.from(marginal, .01).tau()).isEqualTo(marginal.tau());
    assertThatThrownBy(() -> AdaptiveThreshold.from(among, .01)).hasMessageContaining("ERROR_AMONG_ANSWERED");
    assertThatThrownBy(() -> FixedSequenceThreshold.fit(DOUBT, answers, 0, .05)).hasMessageContaining("alpha");
    assertThatThrownBy(() -> FixedSequenceThreshold.fit(DOUBT, answers, .1, 1)).hasMessageContaining("delta");
  }

  /** Uniform doubt d with P(wrong | d) = d². */
  private static List<Flagged> draw(Random random, int n) {
    List<Flagged> answers = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double doubt = random.nextDouble();
      answers.add(new Flagged(doubt, random.nextDouble() >= doubt * doubt));
    }
    return answers;
  }
}
