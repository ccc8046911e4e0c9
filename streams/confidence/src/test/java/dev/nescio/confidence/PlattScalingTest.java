package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PlattScalingTest {

  @Test
  void twoGroupsAreMappedToTheirSmoothedTargets() {
    // Raw 0: 3 right of 10; raw 1: 8 right of 10. Two parameters fit two groups exactly, so each group gets the mean of
    // its targets: with n+ = 11, n- = 9 these are t+ = 12/13 and t- = 1/11.
    double[] raw = new double[20];
    boolean[] correct = new boolean[20];
    for (int i = 0; i < 20; i++) {
      raw[i] = i / 10;
      correct[i] = i % 10 < (i < 10 ? 3 : 8);
    }
    FittedMap fitted = PlattScaling.fit(raw, correct, 20);
    double right = 12.0 / 13;
    double wrong = 1.0 / 11;
    assertThat(fitted.map().apply(0)).isCloseTo((3 * right + 7 * wrong) / 10, within(1e-9));
    assertThat(fitted.map().apply(1)).isCloseTo((8 * right + 2 * wrong) / 10, within(1e-9));
    assertThat(fitted.n()).isEqualTo(20);
    assertThat(fitted.correct()).isEqualTo(11);
    // Groups at .340559 and .756643 with accuracies .3 and .8.
    assertThat(fitted.figures().get("ece")).isCloseTo((.040559 + .043357) / 2, within(1e-6));
  }

  @Property(tries = 60)
  void noNeighbourFitsBetter(@ForAll @LongRange(min = 0, max = 1_000_000) long seed,
      @ForAll @DoubleRange(min = .01, max = 1000) double unit) {
    Random random = new Random(seed);
    double[] raw = new double[150];
    boolean[] correct = new boolean[150];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = random.nextGaussian() * unit;
      correct[i] = random.nextDouble() < 1 / (1 + Math.exp(-(1.5 * raw[i] / unit - .3)));
    }
    PlattScaling map = (PlattScaling) PlattScaling.fit(raw, correct).map();
    double best = loss(map.a(), map.b(), raw, correct);
    for (double da : new double[] {-1e-3, 0, 1e-3}) {
      for (double db : new double[] {-1e-3, 0, 1e-3}) {
        assertThat(loss(map.a() + da / unit, map.b() + db, raw, correct)).isGreaterThanOrEqualTo(best - 1e-9);
      }
    }
  }

  @Property(tries = 100)
  void isAProbabilityThatRanksAsTheSlopeSays(@ForAll @DoubleRange(min = -1e6, max = 1e6) double a,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double b, @ForAll @DoubleRange(min = -50, max = 50) double x,
      @ForAll @DoubleRange(min = -50, max = 50) double y) {
    PlattScaling map = new PlattScaling(a, b, -10, 10);
    assertThat(map.apply(x)).isBetween(0.0, 1.0);
    if (a >= 0 == x <= y) assertThat(map.apply(x)).isLessThanOrEqualTo(map.apply(y));
  }

  @Test
  void separableScoresGiveAFiniteMap() {
    double[] raw = new double[100];
    boolean[] correct = new boolean[100];
    for (int i = 0; i < 100; i++) {
      raw[i] = i < 50 ? 0.1 : 0.9;
      correct[i] = i >= 50;
    }
    CalibrationMap map = PlattScaling.fit(raw, correct).map();
    assertThat(map.apply(.1)).isCloseTo(1.0 / 52, within(1e-6));
    assertThat(map.apply(.9)).isCloseTo(51.0 / 52, within(1e-6));
  }

  @Test
  void equalScoresGiveTheBaseRate() {
    boolean[] correct = new boolean[100];
    for (int i = 0; i < 25; i++) correct[i] = true;
    double expected = (25 * 26.0 / 27 + 75 * 1.0 / 77) / 100;
    CalibrationMap map = PlattScaling.fit(new double[100], correct).map();
    assertThat(map.apply(0)).isCloseTo(expected, within(1e-9));
    assertThat(map.apply(5)).isEqualTo(map.apply(0));
  }

  @Test
  void doesNotExtrapolateBeyondTheFittedRange() {
    PlattScaling map = new PlattScaling(2, 0, -1, 1);
    assertThat(map.apply(100)).isEqualTo(map.apply(1));
    assertThat(map.apply(-100)).isEqualTo(map.apply(-1));
    assertThatThrownBy(() -> map.apply(Double.NaN)).hasMessageContaining("finite");
  }

  @Test
  void tooFewLabelsAndOneClassAreRefusedWithNumbers() {
    assertThatThrownBy(() -> PlattScaling.fit(new double[37], new boolean[37]))
        .isInstanceOf(NotEnoughLabelsException.class).hasMessageContaining("37 of 100");
    assertThatThrownBy(() -> PlattScaling.fit(new double[100], new boolean[100]))
        .isInstanceOf(NotEnoughLabelsException.class).hasMessageContaining("all 100 labels are incorrect");
  }

  @Test
  void isRebuiltFromItsRecord() {
    PlattScaling map = new PlattScaling(1.5, -.25, .1, .9);
    assertThat(CalibrationMap.of(map.method(), map.parameters())).isEqualTo(map);
    PlattScaling open = new PlattScaling(1.5, -.25, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    assertThat(CalibrationMap.of("platt", Map.of("a", 1.5, "b", -.25))).isEqualTo(open);
    assertThat(open.parameters()).containsOnlyKeys("a", "b");
  }

  @Test
  void badParametersAreNamed() {
    assertThatThrownBy(() -> CalibrationMap.of("spline", Map.of())).hasMessageContaining("spline");
    assertThatThrownBy(() -> CalibrationMap.of("platt", Map.of("a", 1.0)))
        .hasMessageContaining("needs the parameter b");
    assertThatThrownBy(() -> CalibrationMap.of("platt", Map.of("a", 1.0, "b", 1.0, "c", 1.0)))
        .hasMessageContaining("[a, b, c]");
  }

  private static double loss(double a, double b, double[] raw, boolean[] correct) {
    int right = 0;
    for (boolean c : correct) if (c) right++;
    double sum = 0;
    for (int i = 0; i < raw.length; i++) {
      double t = correct[i] ? (right + 1.0) / (right + 2.0) : 1.0 / (raw.length - right + 2.0);
      double p = 1 / (1 + Math.exp(-(a * raw[i] + b)));
      sum -= t * Math.log(p) + (1 - t) * Math.log(1 - p);
    }
    return sum;
  }
}
