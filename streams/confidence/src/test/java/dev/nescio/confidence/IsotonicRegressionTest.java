package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class IsotonicRegressionTest {

  @Test
  void poolsViolatorsAndTies() {
    // Ties at .5 are one group (1 of 2). Groups: .1: 0, .2: 1, .3: 0, .5: 1/2, .8: 1.
    // .2 and .3 pool to 1/2 at .25; equal to that of .5, so all four pool to 2/4 at (.2 + .3 + .5 + .5)/4 = .375.
    // Ends are clipped to 1/8 and 7/8 for n = 6.
    double[] raw = {.5, .1, .2, .8, .3, .5};
    boolean[] correct = {true, false, true, true, false, false};
    assertThat(IsotonicRegression.fit(raw, correct))
        .isEqualTo(new IsotonicRegression(new double[] {.1, .375, .8}, new double[] {.125, .5, .875}));
  }

  @Test
  void isLinearBetweenBlocksAndFlatBeyond() {
    IsotonicRegression map = new IsotonicRegression(new double[] {-2, 0, 4}, new double[] {.1, .3, .9});
    assertThat(map.apply(-100)).isEqualTo(.1);
    assertThat(map.apply(-1)).isCloseTo(.2, within(1e-12));
    assertThat(map.apply(0)).isEqualTo(.3);
    assertThat(map.apply(1)).isCloseTo(.45, within(1e-12));
    assertThat(map.apply(9)).isEqualTo(.9);
  }

  /** The min-max formula: at each distinct score, the largest over beginnings of the smallest mean over ends. */
  @Property(tries = 200)
  void isTheMinMaxFormulaAtTheScoresOfItsBlocks(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 1, max = 40) int n) {
    Random random = new Random(seed);
    double[] raw = new double[n];
    boolean[] correct = new boolean[n];
    TreeMap<Double, int[]> groups = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      raw[i] = random.nextInt(12);
      correct[i] = random.nextInt(14) < raw[i];
      int[] group = groups.computeIfAbsent(raw[i], x -> new int[2]);
      group[0]++;
      if (correct[i]) group[1]++;
    }
    Map<String, Double> fitted = IsotonicRegression.fit(raw, correct).parameters();
    int[][] all = groups.values().toArray(int[][]::new);
    double[] scores = groups.keySet().stream().mapToDouble(Double::doubleValue).toArray();
    double[] expected = new double[all.length];
    for (int i = 0; i < all.length; i++) {
      double highest = 0;
      for (int a = 0; a <= i; a++) {
        double lowest = 1;
        for (int b = i; b < all.length; b++) lowest = Math.min(lowest, mean(all, a, b));
        highest = Math.max(highest, lowest);
      }
      expected[i] = Math.clamp(highest, 1 / (n + 2.0), 1 - 1 / (n + 2.0));
    }
    // Each run of equal values is one block, at the mean score of its labels.
    int block = 0;
    for (int from = 0; from < all.length; block++) {
      int to = from;
      while (to + 1 < all.length && Math.abs(expected[to + 1] - expected[from]) < 1e-12) to++;
      double sum = 0;
      double size = 0;
      for (int g = from; g <= to; g++) {
        sum += scores[g] * all[g][0];
        size += all[g][0];
      }
      assertThat(fitted.get("y" + block)).isCloseTo(expected[from], within(1e-12));
      assertThat(fitted.get("x" + block)).isCloseTo(sum / size, within(1e-12));
      from = to + 1;
    }
    assertThat(fitted).hasSize(2 * block);
  }

  private static double mean(int[][] groups, int from, int to) {
    int n = Arrays.stream(groups, from, to + 1).mapToInt(g -> g[0]).sum();
    return Arrays.stream(groups, from, to + 1).mapToInt(g -> g[1]).sum() / (double) n;
  }

  @Test
  void fallingOrMissingParametersAreNamed() {
    assertThatThrownBy(() -> CalibrationMap.of("isotonic", Map.of("x0", 0.0, "y0", .5, "x1", 1.0, "y1", .4)))
        .hasMessageContaining("y1 is 0.4 after 0.5");
    assertThatThrownBy(() -> CalibrationMap.of("isotonic", Map.of("x0", 0.0, "y0", .5, "x2", 1.0)))
        .hasMessageContaining("[x0, x2, y0]");
    assertThatThrownBy(() -> CalibrationMap.of("isotonic", Map.of("x0", 0.0, "y0", 1.5)))
        .hasMessageContaining("y0 of an isotonic map is in [0, 1], not 1.5");
    assertThatThrownBy(() -> CalibrationMap.of("isotonic", Map.of())).hasMessageContaining("y0");
  }
}
