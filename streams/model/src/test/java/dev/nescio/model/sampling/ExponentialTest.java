package dev.nescio.model.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class ExponentialTest {

  @Property
  void isTheExponentialToTenDigits(@ForAll @DoubleRange(min = -708, max = 0) double x) {
    assertThat(Exponential.of(x)).isCloseTo(Math.exp(x), withinPercentage(1e-8));
  }

  @Property
  void neverFallsWhereFloatsRise(@ForAll @DoubleRange(min = -100, max = 0) double x) {
    float next = Math.nextUp((float) x);
    if (next <= 0) assertThat(Exponential.of(next)).isGreaterThanOrEqualTo(Exponential.of((float) x));
  }

  @Test
  void isOneAtZeroAndZeroFarBelow() {
    assertThat(Exponential.of(0)).isCloseTo(1, withinPercentage(1e-8));
    assertThat(Exponential.of(-709)).isZero();
    assertThat(Exponential.of(Double.NEGATIVE_INFINITY)).isZero();
  }
}
