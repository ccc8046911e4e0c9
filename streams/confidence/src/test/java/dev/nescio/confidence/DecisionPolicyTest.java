package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DecisionPolicyTest {

  private static final OptionalDouble NONE = OptionalDouble.empty();

  @Test
  void theTokenDecidesAlone() {
    DecisionPolicy policy = new DecisionPolicy(IdkMode.TOKEN, ThresholdScore.P_IDK, OptionalDouble.of(.1));
    assertThat(policy.decide(true, NONE, NONE)).isEqualTo(new Verdict(true, "token"));
    assertThat(policy.decide(false, OptionalDouble.of(.9), NONE)).isEqualTo(new Verdict(false, "no token"));
  }

  @Test
  void theThresholdIgnoresTheToken() {
    DecisionPolicy policy = new DecisionPolicy(IdkMode.THRESHOLD, ThresholdScore.P_IDK, OptionalDouble.of(.31));
    assertThat(policy.decide(false, OptionalDouble.of(.42), NONE))
        .isEqualTo(new Verdict(true, "threshold: p_idk 0.42 > 0.31"));
    assertThat(policy.decide(true, OptionalDouble.of(.31), NONE))
        .isEqualTo(new Verdict(false, "below threshold: p_idk 0.31 <= 0.31"));
  }

  @Test
  void eitherTakesBoth() {
    DecisionPolicy policy =
        new DecisionPolicy(IdkMode.EITHER, ThresholdScore.ONE_MINUS_CONFIDENCE, OptionalDouble.of(.5));
    assertThat(policy.decide(true, NONE, NONE)).isEqualTo(new Verdict(true, "token"));
    assertThat(policy.decide(false, NONE, OptionalDouble.of(.25)))
        .isEqualTo(new Verdict(true, "threshold: 1 - confidence 0.75 > 0.5"));
    assertThat(policy.decide(false, OptionalDouble.of(1), OptionalDouble.of(.75)))
        .isEqualTo(new Verdict(false, "below threshold: 1 - confidence 0.25 <= 0.5"));
  }

  @Test
  void withoutLimitOrScoreTheAnswerStands() {
    DecisionPolicy unfitted = new DecisionPolicy(IdkMode.EITHER, ThresholdScore.P_IDK, NONE);
    assertThat(unfitted.decide(false, OptionalDouble.of(1), NONE)).isEqualTo(new Verdict(false, "no-threshold"));
    DecisionPolicy fitted = new DecisionPolicy(IdkMode.EITHER, ThresholdScore.P_IDK, OptionalDouble.of(.2));
    assertThat(fitted.decide(false, NONE, OptionalDouble.of(0))).isEqualTo(new Verdict(false, "no-score: p_idk"));
  }

  @Test
  void theReasonShowsEnoughDigitsToSeeTheDifference() {
    DecisionPolicy policy = new DecisionPolicy(IdkMode.THRESHOLD, ThresholdScore.P_IDK, OptionalDouble.of(.300001));
    assertThat(policy.decide(false, OptionalDouble.of(.300002), NONE).reason())
        .isEqualTo("threshold: p_idk 0.300002 > 0.300001");
    DecisionPolicy tiny = new DecisionPolicy(IdkMode.THRESHOLD, ThresholdScore.P_IDK, OptionalDouble.of(1e-6));
    assertThat(tiny.decide(false, OptionalDouble.of(0), NONE).reason())
        .isEqualTo("below threshold: p_idk 0 <= 0.000001");
  }
}
