package dev.nescio.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class LanesTest {

  @Test
  void theExponentialIsRightToTheLastDigits() {
    float[] x = new float[Lanes.WIDTH];
    for (int i = 0; i < 40_000; i += Lanes.WIDTH) {
      for (int j = 0; j < x.length; j++) x[j] = (i + j) * -87f / 40_000;
      float[] e = Lanes.exp(FloatVector.fromArray(Lanes.FLOATS, x, 0)).toArray();
      for (int j = 0; j < x.length; j++) {
        double exact = Math.exp(x[j]);
        assertThat((double) e[j]).isCloseTo(exact, within(2e-7 * exact));
      }
    }
  }

  @Test
  void theExponentialOfLittleIsNothing() {
    for (float x : new float[] {-87.5f, -1000, Float.NEGATIVE_INFINITY}) {
      assertThat(Lanes.exp(FloatVector.broadcast(Lanes.FLOATS, x)).lane(0)).isZero();
    }
    assertThat(Lanes.exp(FloatVector.broadcast(Lanes.FLOATS, 0)).lane(0)).isEqualTo(1);
    assertThat(Lanes.exp(FloatVector.broadcast(Lanes.FLOATS, 87)).lane(0)).isCloseTo((float) Math.exp(87), within(1e32f));
  }

  @Test
  void aSumAddsEveryLane() {
    float[] x = new float[Lanes.WIDTH];
    for (int i = 0; i < x.length; i++) x[i] = 1 << i;
    assertThat(Lanes.sum(FloatVector.fromArray(Lanes.FLOATS, x, 0))).isEqualTo((1 << x.length) - 1);
  }
}
