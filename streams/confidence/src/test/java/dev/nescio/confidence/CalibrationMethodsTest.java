package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The contract of every calibration method of the list. */
class CalibrationMethodsTest {

  private static final List<CalibrationMethod> ALL = CalibrationMethods.all(100);

  @Property(tries = 60)
  void everyMapIsATotalMonotoneProbabilityThatItsRecordHolds(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 2, max = 400) int n) {
    Random random = new Random(seed);
    double[] raw = new double[n];
    boolean[] correct = new boolean[n];
    for (int i = 0; i < n; i++) {
      // Ends and ties included; labels may all be of one kind, as in a fold.
      raw[i] = random.nextInt(4) == 0 ? random.nextInt(3) / 2.0 : random.nextDouble();
      correct[i] = random.nextDouble() < raw[i] * raw[i];
    }
    // A Platt map may have a negative slope: then all of it falls.
    for (CalibrationMethod method : ALL) {
      CalibrationMap map = method.fit(raw, correct);
      assertThat(map.method()).isEqualTo(method.name());
      assertThat(CalibrationMap.of(map.method(), map.parameters())).isEqualTo(map);
      assertThat(map.parameters().values()).allSatisfy(value -> assertThat(value).isFinite());
      double[] scores = random.doubles(30, -.5, 1.5).sorted().toArray();
      double[] confidences = Arrays.stream(scores).map(map::apply).toArray();
      for (double c : confidences) assertThat(c).as(method.name()).isBetween(0.0, 1.0);
      if (map instanceof PlattScaling platt && platt.a() < 0) {
        for (int i = 0; i < confidences.length; i++) confidences[i] = -confidences[i];
      }
      for (int i = 1; i < confidences.length; i++) {
        assertThat(confidences[i]).as(method.name()).isGreaterThanOrEqualTo(confidences[i - 1]);
      }
      for (double extreme : new double[] {-1e300, 1e300, Double.MIN_VALUE}) {
        assertThat(map.apply(extreme)).as(method.name()).isBetween(0.0, 1.0);
      }
      assertThatThrownBy(() -> map.apply(Double.NaN)).as(method.name()).hasMessageContaining("finite");
    }
  }

  @Test
  void everyKindOfMapHasAMethod() {
    assertThat(CalibrationMap.class.getPermittedSubclasses()).hasSize(ALL.size());
    assertThat(ALL).extracting(CalibrationMethod::name)
        .containsExactly("temperature", "platt", "beta", "histogram", "isotonic");
    double[] raw = {.1, .2, .8, .9};
    assertThat(ALL.stream().<Class<?>>map(m -> m.fit(raw, new boolean[] {false, true, false, true}).getClass()))
        .containsExactlyInAnyOrder(CalibrationMap.class.getPermittedSubclasses());
  }

  @Test
  void onlyProbabilitiesCanBeRescaledAsProbabilities() {
    assertThat(ALL.stream().filter(m -> m.accepts(new double[] {-.1, .5})).map(CalibrationMethod::name))
        .containsExactly("platt", "histogram", "isotonic");
    assertThat(ALL).allMatch(m -> m.accepts(new double[] {0, 1}));
  }
}
