package dev.nescio.confidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;

class BinomialTailTest {

  @Test
  void isWorkedOutByHand() {
    // .9^29 = .047101 is the first below .05; .9^28 = .052335.
    assertThat(new BinomialTail(.1, 29).atMost(0, 29)).isCloseTo(.0471013, within(1e-7));
    assertThat(new BinomialTail(.1, 29).atMost(0, 28)).isCloseTo(.0523347, within(1e-7));
    // Fair coin, at most 1 head of 4: 5/16.
    assertThat(new BinomialTail(.5, 4).atMost(1, 4)).isCloseTo(.3125, within(1e-12));
    assertThat(new BinomialTail(.5, 4).atMost(4, 4)).isEqualTo(1);
    assertThat(new BinomialTail(.5, 4).atMost(0, 0)).isEqualTo(1);
  }

  @Property(tries = 300)
  void isTheDistributionOfASumOfTrials(@ForAll @DoubleRange(min = .001, max = .999) @Scale(3) double p,
      @ForAll @IntRange(min = 1, max = 120) int n) {
    double[] distribution = new double[n + 1];
    distribution[0] = 1;
    for (int t = 0; t < n; t++) {
      for (int k = t + 1; k >= 0; k--) {
        distribution[k] = distribution[k] * (1 - p) + (k > 0 ? distribution[k - 1] * p : 0);
      }
    }
    BinomialTail tail = new BinomialTail(p, n);
    double sum = 0;
    for (int k = 0; k <= n; k++) {
      sum += distribution[k];
      assertThat(tail.atMost(k, n)).isCloseTo(Math.min(1, sum), within(1e-11));
    }
  }

  @Test
  void staysAProbabilityForManyTrials() {
    BinomialTail tail = new BinomialTail(.05, 100_000);
    assertThat(tail.atMost(99_999, 100_000)).isEqualTo(1);
    assertThat(tail.atMost(5_000, 100_000)).isCloseTo(.5, within(.01));
    assertThat(tail.atMost(100, 100_000)).isBetween(0.0, 1e-100);
  }
}
