package dev.nescio.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class MatrixTest {

  @Property(tries = 60)
  void aProductEqualsItsDefinition(
      @ForAll @IntRange(min = 1, max = 230) int out, @ForAll @IntRange(min = 1, max = 70) int in,
      @ForAll @IntRange(min = 1, max = 19) int rows, @ForAll long seed) {
    Random random = new Random(seed);
    float[] weights = normal(random, out * in);
    float[] x = normal(random, rows * in);
    try (Arena arena = Arena.ofConfined()) {
      Matrix exact = Matrix.pack(WeightFormat.FLOAT32, weights, out, in, arena);
      float[] y = product(exact, x, rows);
      Matrix rounded = Matrix.pack(WeightFormat.INT8, weights, out, in, arena);
      float[] z = product(rounded, x, rows);
      float[] row = new float[in];
      for (int o = 0; o < out; o++) {
        rounded.row(o, row, 0);
        for (int r = 0; r < rows; r++) {
          assertThat((double) y[r * exact.paddedOut() + o]).isCloseTo(dot(weights, o * in, x, r * in, in), within(1e-4));
          assertThat((double) z[r * exact.paddedOut() + o]).isCloseTo(dot(row, 0, x, r * in, in), within(1e-3));
        }
        exact.row(o, row, 0);
        for (int k = 0; k < in; k++) assertThat(row[k]).isEqualTo(weights[o * in + k]);
      }
    }
  }

  @Property(tries = 30)
  void aRowHasTheSameBitsInAnyCompany(@ForAll @IntRange(min = 2, max = 33) int rows, @ForAll long seed) {
    int out = 7 * Matrix.PANEL - 3;
    int in = 67;
    Random random = new Random(seed);
    float[] weights = normal(random, out * in);
    float[] x = normal(random, rows * in);
    try (Arena arena = Arena.ofConfined()) {
      for (WeightFormat format : WeightFormat.values()) {
        Matrix matrix = Matrix.pack(format, weights, out, in, arena);
        float[] together = product(matrix, x, rows);
        float[] alone = new float[matrix.paddedOut()];
        for (int r = 0; r < rows; r++) {
          float[] one = java.util.Arrays.copyOfRange(x, r * in, (r + 1) * in);
          matrix.multiply(0, matrix.panels(), one, in, 1, alone, matrix.paddedOut());
          for (int o = 0; o < out; o++) assertThat(together[r * matrix.paddedOut() + o]).isEqualTo(alone[o]);
        }
      }
    }
  }

  @Test
  void eightBitsKeepEachWeightWithinHalfAStepOfItsOutput() {
    float[] weights = {1, -.5f, .25f, 0, 0, 0, 254, 1, -2};
    try (Arena arena = Arena.ofConfined()) {
      Matrix matrix = Matrix.pack(WeightFormat.INT8, weights, 3, 3, arena);
      float[] row = new float[3];
      matrix.row(0, row, 0);
      assertThat(row).usingComparatorWithPrecision(1e-6f).containsExactly(1, -63 / 127f, 32 / 127f);
      matrix.row(1, row, 0);
      assertThat(row).containsExactly(0, 0, 0);
      matrix.row(2, row, 0);
      assertThat(row).containsExactly(254, 2, -2);
    }
  }

  @Test
  void refusesWeightsOfAnotherShape() {
    assertThatThrownBy(() -> Matrix.pack(WeightFormat.FLOAT32, new float[5], 2, 3, Arena.ofAuto()))
        .hasMessageContaining("[2, 3]").hasMessageContaining("5");
  }

  private static float[] product(Matrix matrix, float[] x, int rows) {
    float[] y = new float[rows * matrix.paddedOut()];
    int half = matrix.panels() / 2;
    matrix.multiply(half, matrix.panels(), x, matrix.in(), rows, y, matrix.paddedOut());
    matrix.multiply(0, half, x, matrix.in(), rows, y, matrix.paddedOut());
    return y;
  }

  private static double dot(float[] a, int at, float[] b, int from, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double) a[at + i] * b[from + i];
    return sum;
  }

  private static float[] normal(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) values[i] = (float) random.nextGaussian();
    return values;
  }
}
