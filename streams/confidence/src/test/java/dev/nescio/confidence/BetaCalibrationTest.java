package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class BetaCalibrationTest {

  @Test
  void threeGroupsAreMappedToTheirSmoothedTargets() {
    // Three parameters fit three groups exactly: at .2, .5, .9 with 10, 40 and 85 of 100 right, each gets the mean of
    // its targets; n+ = 135, n- = 165, so t+ = 136/137 and t- = 1/167.
    double[] scores = {.2, .5, .9};
    int[] right = {10, 40, 85};
    double[] raw = new double[300];
    boolean[] correct = new boolean[300];
    for (int i = 0; i < 300; i++) {
      raw[i] = scores[i / 100];
      correct[i] = i % 100 < right[i / 100];
    }
    BetaCalibration map = BetaCalibration.fit(raw, correct);
    for (int g = 0; g < 3; g++) {
      double expected = (right[g] * 136.0 / 137 + (100 - right[g]) / 167.0) / 100;
      assertThat(map.apply(scores[g])).isCloseTo(expected, within(1e-7));
    }
    assertThat(map.a()).isPositive();
    assertThat(map.b()).isPositive();
  }

  @Property(tries = 200)
  void holdsTheIdentity(@ForAll @DoubleRange(min = 1e-6, max = 1 - 1e-6) @Scale(8) double score) {
    assertThat(new BetaCalibration(1, 1, 0).apply(score)).isCloseTo(score, within(1e-12));
  }

  @Test
  void isWorkedOutByHand() {
    // a = 2, b = 1, c = ln 2 at s = .5: 2 ln .5 + ln 2 + ln 2 = 0, so one half.
    assertThat(new BetaCalibration(2, 1, Math.log(2)).apply(.5)).isCloseTo(.5, within(1e-12));
    // a = 1, b = 0, c = 0 at s = .25: odds 1/4.
    assertThat(new BetaCalibration(1, 0, 0).apply(.25)).isCloseTo(.2, within(1e-12));
  }

  @Test
  void aFeatureThatWouldTurnTheOrderRoundIsLeftOut() {
    // Accuracy rises from .1 to .5 and falls to .45 at the top: -ln(1 - s) would get a negative weight.
    double[] scores = {.05, .5, .99};
    int[] right = {10, 50, 45};
    double[] raw = new double[300];
    boolean[] correct = new boolean[300];
    for (int i = 0; i < 300; i++) {
      raw[i] = scores[i / 100];
      correct[i] = i % 100 < right[i / 100];
    }
    BetaCalibration map = BetaCalibration.fit(raw, correct);
    assertThat(map.b()).isZero();
    assertThat(map.a()).isPositive();
    boolean[] turned = new boolean[300];
    for (int i = 0; i < 300; i++) turned[i] = !correct[i];
    BetaCalibration flat = BetaCalibration.fit(raw, turned);
    assertThat(flat.apply(.05)).isLessThanOrEqualTo(flat.apply(.99));
  }

  @Test
  void negativeWeightsAreRefused() {
    assertThatThrownBy(() -> CalibrationMap.of("beta", Map.of("a", -1.0, "b", 1.0, "c", 0.0)))
        .hasMessageContaining("0 or above");
  }
}
