package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdkThresholdTest {

  @ParameterizedTest
  @CsvSource({"9, .2, 8", "19, .05, 19", "20, .05, 20", "39, .05, 38", "99, .1, 90", "9, .1, 9"})
  void isTheConformalOrderStatisticOfTheCorrect(int correct, double alpha, int rank) {
    List<Flagged> answers = new ArrayList<>();
    for (int i = correct; i >= 1; i--) answers.add(new Flagged(i / 1000.0, true));
    answers.add(new Flagged(.9, false));
    assertThat(IdkThreshold.aFprAtMost(answers, alpha)).contains(new FittedThreshold(
        ThresholdScore.P_IDK, rank / 1000.0, ThresholdTarget.A_FPR_AT_MOST, alpha, correct + 1, correct));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "18"})
  void tooFewCorrectAnswersGiveNoLimit(int correct) {
    List<Flagged> answers = IntStream.range(0, correct).mapToObj(i -> new Flagged(.1, true)).toList();
    assertThat(IdkThreshold.aFprAtMost(answers, .05)).isEmpty();
  }

  @Test
  void keepsTheFalsePositiveRateOnAverage() {
    Random random = new Random(1);
    int flagged = 0;
    int trials = 20_000;
    for (int t = 0; t < trials; t++) {
      List<Flagged> answers = IntStream.range(0, 30).mapToObj(i -> new Flagged(random.nextDouble(), true)).toList();
      if (random.nextDouble() > IdkThreshold.aFprAtMost(answers, .1).orElseThrow().tau()) flagged++;
    }
    // 28th of 30: P(flagged) = 3/31 = .0968; three standard errors are .0063.
    assertThat(flagged / (double) trials).isCloseTo(3.0 / 31, within(.0063));
  }

  @Test
  void flagsWhereWrongAnswersOutweighTheRight() {
    // Flagging the two wrong ones: c = .5, b = .5: 25 + 12.5 = 37.5; flagging nothing: 25.
    List<Flagged> answers = List.of(
        new Flagged(.1, true), new Flagged(.2, true), new Flagged(.6, false), new Flagged(.8, false));
    FittedThreshold fitted = IdkThreshold.maxNaupc(ThresholdScore.ONE_MINUS_CONFIDENCE, answers).orElseThrow();
    assertThat(fitted.tau()).isCloseTo(.4, within(1e-12));
    assertThat(fitted.target()).isEqualTo(ThresholdTarget.MAX_NAUPC);
    assertThat(fitted.score()).isEqualTo(ThresholdScore.ONE_MINUS_CONFIDENCE);
  }

  @Test
  void flaggingNothingIsNoLimit() {
    assertThat(IdkThreshold.maxNaupc(List.of(new Flagged(.9, true), new Flagged(.1, false)))).isEmpty();
    assertThat(IdkThreshold.maxNaupc(List.of())).isEmpty();
  }

  @Property(tries = 300)
  void noOtherLimitIsBetter(@ForAll @LongRange(min = 0, max = 100_000) long seed,
      @ForAll @IntRange(min = 1, max = 40) int n) {
    Random random = new Random(seed);
    List<Flagged> answers = IntStream.range(0, n).mapToObj(i -> {
      double score = random.nextInt(12) / 12.0;
      return new Flagged(score, random.nextDouble() > score);
    }).toList();
    Optional<FittedThreshold> fitted = IdkThreshold.maxNaupc(answers);
    double reached = integral(answers, fitted.map(FittedThreshold::tau).orElse(2.0));
    for (int k = -1; k <= 12; k++) assertThat(integral(answers, k / 12.0)).isLessThanOrEqualTo(reached + 1e-9);
  }

  @Test
  void alphaIsChecked() {
    assertThatThrownBy(() -> IdkThreshold.aFprAtMost(List.of(), 1)).hasMessageContaining("alpha");
  }

  /** nAUPC by its definition: the integral of UA(t) CA(t) over t in [0, 1], by Simpson's rule, exact for quadratics. */
  private static double integral(List<Flagged> answers, double tau) {
    double n = answers.size();
    double a = answers.stream().filter(f -> f.score() > tau && f.correct()).count() / n;
    double b = answers.stream().filter(f -> f.score() > tau && !f.correct()).count() / n;
    double c = answers.stream().filter(f -> f.score() <= tau && f.correct()).count() / n;
    return 100 * (c * c + 4 * (b / 2 + c) * (c - a / 2) + (b + c) * (c - a)) / 6;
  }
}
