package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CalibratorChoiceTest {

  private static final CalibratorChoice CHOICE = CalibratorChoice.from(100);

  @Test
  void aTemperatureIsEnoughForAnOverconfidentProbability() {
    // The truth is T = 3; nothing more flexible can gain anything but noise.
    FittedMap fitted = fit(4000, 1, s -> 1 / (1 + Math.pow(1 / s - 1, 1 / 3.0)));
    assertThat(fitted.map()).isInstanceOf(TemperatureScaling.class);
    assertThat(((TemperatureScaling) fitted.map()).temperature()).isCloseTo(3, within(.4));
  }

  @Test
  void plattIsChosenWhereTheLevelIsWrongToo() {
    FittedMap fitted = fit(1500, 2, s -> 1 / (1 + Math.exp(-(3 * s - 2.5))));
    assertThat(fitted.map()).isInstanceOf(PlattScaling.class);
  }

  @Test
  void aStepNeedsAFlexibleMap() {
    FittedMap fitted = fit(4000, 3, s -> s < .7 ? .1 : .9);
    assertThat(fitted.map()).isInstanceOfAny(HistogramBinning.class, IsotonicRegression.class);
    assertThat(fitted.map().apply(.5)).isCloseTo(.1, within(.05));
    assertThat(fitted.map().apply(.8)).isCloseTo(.9, within(.05));
  }

  @Test
  void figuresTellTheWholeChoice() {
    FittedMap fitted = fit(1200, 4, s -> .2 + .5 * s);
    assertThat(fitted.figures()).containsKeys("brier", "nll", "ece", "brier_before", "cv_brier", "cv_brier:temperature",
        "cv_brier:platt", "cv_brier:beta", "cv_brier:histogram", "cv_brier:isotonic");
    assertThat(fitted.figures().get("cv_brier"))
        .isEqualTo(fitted.figures().get("cv_brier:" + fitted.map().method()))
        .isLessThan(fitted.figures().get("brier_before"));
    assertThat(fitted.n()).isEqualTo(1200);
  }

  @Test
  void manyLabelsTakeNoLongTime() {
    // It was 8.5 s while the line search went on below the rounding of the loss, and is .3 s.
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    fit(20_000, 1, s -> s * s);
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    assertThat(nanos).isLessThan(4_000_000_000L);
  }

  @Test
  void theSameLabelsGiveTheSameChoice() {
    assertThat(fit(600, 5, s -> s * s)).isEqualTo(fit(600, 5, s -> s * s));
  }

  @Test
  void flexibleMethodsWaitForLabels() {
    assertThat(fit(120, 6, s -> s * s).figures()).containsKeys("cv_brier:temperature", "cv_brier:platt")
        .doesNotContainKeys("cv_brier:beta", "cv_brier:histogram", "cv_brier:isotonic");
  }

  @Test
  void anUnboundedScoreHasNoTemperature() {
    double[] raw = new double[300];
    boolean[] correct = new boolean[300];
    Random random = new Random(7);
    for (int i = 0; i < raw.length; i++) {
      raw[i] = random.nextGaussian() - 3;
      correct[i] = random.nextDouble() < 1 / (1 + Math.exp(-raw[i] - 3));
    }
    FittedMap fitted = CHOICE.fit(raw, correct);
    assertThat(fitted.map()).isInstanceOf(PlattScaling.class);
    assertThat(fitted.figures()).doesNotContainKeys("brier_before", "cv_brier:temperature", "cv_brier:beta");
  }

  @Test
  void foldsWithoutASecondKindOfLabelAreFittedToo() {
    double[] raw = new Random(8).doubles(120).toArray();
    boolean[] correct = new boolean[120];
    correct[17] = true;
    assertThat(CHOICE.fit(raw, correct).map().apply(.5)).isBetween(0.0, .1);
  }

  @Test
  void tooFewLabelsAreRefusedWithNumbers() {
    assertThatThrownBy(() -> CHOICE.fit(new double[30], new boolean[30]))
        .isInstanceOf(NotEnoughLabelsException.class).hasMessageContaining("30 of 50");
    double[] unbounded = new double[60];
    unbounded[3] = -2;
    assertThatThrownBy(() -> CHOICE.fit(unbounded, new boolean[60]))
        .isInstanceOf(NotEnoughLabelsException.class).hasMessageContaining("60 of 100");
    assertThatThrownBy(() -> CHOICE.fit(new double[100], new boolean[100]))
        .isInstanceOf(NotEnoughLabelsException.class).hasMessageContaining("all 100 labels are incorrect");
    assertThatThrownBy(() -> new CalibratorChoice(CalibrationMethods.all(100), 1, .01, 1))
        .hasMessageContaining("at least 2 folds");
  }

  private static FittedMap fit(int n, long seed, DoubleUnaryOperator accuracy) {
    Random random = new Random(seed);
    double[] raw = new double[n];
    boolean[] correct = new boolean[n];
    for (int i = 0; i < n; i++) {
      raw[i] = random.nextDouble();
      correct[i] = random.nextDouble() < accuracy.applyAsDouble(raw[i]);
    }
    return CHOICE.fit(raw, correct);
  }
}
