package dev.nescio.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class RankingTest {

  @Property(tries = 300)
  void theHarmonicSumIsTheSumOfItsTerms(
      @ForAll @LongRange(min = 0, max = 5000) long from, @ForAll @LongRange(min = 0, max = 5000) long terms) {
    double sum = 0;
    for (long k = from + terms; k > from; k--) sum += 1.0 / k;
    assertThat(Ranking.harmonic(from, from + terms)).isCloseTo(sum, within(1e-13 + sum * 1e-13));
  }
}
