package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HistogramBinningTest {

  @Test
  void givesEachBinItsSmoothedAccuracy() {
    // 60 labels make two bins of 30: scores 0 to 29 with 6 right, 30 to 59 with 24 right.
    double[] raw = new double[60];
    boolean[] correct = new boolean[60];
    for (int i = 0; i < 60; i++) {
      raw[i] = i;
      correct[i] = i < 6 || i >= 36;
    }
    HistogramBinning map = HistogramBinning.fit(raw, correct);
    assertThat(map).isEqualTo(new HistogramBinning(new double[] {29.5}, new double[] {7 / 32.0, 25 / 32.0}));
    assertThat(map.apply(-1e300)).isEqualTo(7 / 32.0);
    assertThat(map.apply(29.5)).isEqualTo(7 / 32.0);
    assertThat(map.apply(Math.nextUp(29.5))).isEqualTo(25 / 32.0);
    assertThat(map.apply(1e300)).isEqualTo(25 / 32.0);
  }

  @Test
  void binsThatWouldFallArePooled() {
    double[] raw = new double[90];
    boolean[] correct = new boolean[90];
    for (int i = 0; i < 90; i++) {
      raw[i] = i;
      // 10, then 20, then 15 of 30 right: the last two become 35 of 60.
      correct[i] = i % 30 < new int[] {10, 20, 15}[i / 30];
    }
    assertThat(HistogramBinning.fit(raw, correct))
        .isEqualTo(new HistogramBinning(new double[] {29.5}, new double[] {11 / 32.0, 36 / 62.0}));
  }

  @Test
  void equalScoresAreNeverParted() {
    double[] raw = new double[90];
    boolean[] correct = new boolean[90];
    for (int i = 0; i < 90; i++) {
      raw[i] = i < 50 ? .3 : i;
      correct[i] = i >= 45;
    }
    // The first 50 labels are one bin, which closes the first share of 30; the second ends at 60.
    HistogramBinning map = HistogramBinning.fit(raw, correct);
    assertThat(map.parameters().get("value0")).isEqualTo(6 / 52.0);
    assertThat(map.apply(.3)).isEqualTo(6 / 52.0);
  }

  @Test
  void badParametersAreNamed() {
    assertThatThrownBy(() -> CalibrationMap.of("histogram", Map.of("value0", .5, "value1", .6)))
        .hasMessageContaining("one value more than edges, not 2 and 0");
    assertThatThrownBy(() -> CalibrationMap.of("histogram", Map.of("value0", .5, "bins", 1.0)))
        .hasMessageContaining("[bins, value0]");
  }
}
