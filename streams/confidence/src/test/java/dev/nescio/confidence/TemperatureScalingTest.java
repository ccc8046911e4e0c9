package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemperatureScalingTest {

  @Test
  void anOverconfidentScoreIsFlattenedToItsAccuracy() {
    // All say .9, which is right 30 of 40 times: logit .9 = ln 9, logit .75 = ln 3, so T = ln 9 / ln 3 = 2.
    double[] raw = new double[40];
    boolean[] correct = new boolean[40];
    Arrays.fill(raw, .9);
    Arrays.fill(correct, 0, 30, true);
    TemperatureScaling map = TemperatureScaling.fit(raw, correct);
    assertThat(map.temperature()).isCloseTo(2, within(1e-9));
    assertThat(map.apply(.9)).isCloseTo(.75, within(1e-9));
    // By hand: (.1/.9)^(1/2) = 1/3, over 1 + 1/3.
    assertThat(map.apply(.1)).isCloseTo(.25, within(1e-9));
    assertThat(map.apply(.5)).isEqualTo(.5);
  }

  @Test
  void aCalibratedScoreKeepsItsValue() {
    double[] raw = new double[200];
    boolean[] correct = new boolean[200];
    for (int i = 0; i < 200; i++) {
      raw[i] = i < 100 ? .8 : .3;
      correct[i] = i < 80 || i >= 170;
    }
    assertThat(TemperatureScaling.fit(raw, correct).temperature()).isCloseTo(1, within(1e-9));
  }

  @Test
  void aScoreThatSaysNothingEndsAtTheLargestTemperature() {
    double[] raw = {.9, .9, .1, .1};
    assertThat(TemperatureScaling.fit(raw, new boolean[] {true, false, true, false}).temperature())
        .isCloseTo(TemperatureScaling.LARGEST, within(1e-6));
    assertThat(TemperatureScaling.fit(raw, new boolean[] {true, true, false, false}).temperature())
        .isCloseTo(TemperatureScaling.SMALLEST, within(1e-6));
  }

  @Test
  void temperaturesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> CalibrationMap.of("temperature", Map.of("temperature", 0.0)))
        .hasMessageContaining("[0.01, 100.0], not 0.0");
    assertThatThrownBy(() -> CalibrationMap.of("temperature", Map.of())).hasMessageContaining("needs the parameter");
  }
}
