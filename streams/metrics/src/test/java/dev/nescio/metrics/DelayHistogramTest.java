package dev.nescio.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DelayHistogramTest {

  @Property(tries = 100)
  void addingRemovingAndMergingCommuteBitForBit(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(max = 200) int n) {
    long[] delays = delays(seed, n);
    DelayHistogram all = of(delays);
    DelayHistogram reversed = new DelayHistogram();
    for (int i = n - 1; i >= 0; i--) reversed.add(delays[i]);
    assertThat(reversed.toBytes()).isEqualTo(all.toBytes());

    DelayHistogram left = of(Arrays.copyOf(delays, n / 2));
    DelayHistogram right = of(Arrays.copyOfRange(delays, n / 2, n));
    DelayHistogram merged = new DelayHistogram();
    merged.merge(right);
    merged.merge(left);
    assertThat(merged).isEqualTo(all).hasSameHashCodeAs(all);
    assertThat(DelayHistogram.fromBytes(all.toBytes())).isEqualTo(all);
    assertThat(DelayHistogram.fromBytes(all.toBytes()).n()).isEqualTo(n);

    merged.subtract(right);
    for (int i = 0; i < n / 2; i++) merged.remove(delays[i]);
    assertThat(merged.isEmpty()).isTrue();
    assertThat(merged).isEqualTo(new DelayHistogram());
  }

  @Property(tries = 100)
  void quantilesAreAtMostASixteenthTooLong(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 1, max = 300) int n) {
    long[] sorted = delays(seed, n);
    DelayHistogram histogram = of(sorted);
    Arrays.sort(sorted);
    for (double q : new double[] {.5, .9, .99}) {
      double exact = sorted[(int) Math.max(1, Math.ceil(q * n - 1e-9)) - 1] / 1e3;
      Estimate estimate = LabelMetrics.delayQuantile(histogram, q).orElseThrow();
      assertThat(estimate.value()).isBetween(exact, exact * 17 / 16);
      assertThat(estimate.low()).isLessThanOrEqualTo(exact);
      assertThat(estimate.high()).isGreaterThanOrEqualTo(estimate.value());
    }
  }

  @Test
  void theIntervalOfTheMedianHoldsTheTruthAboutAsOftenAsItSays() {
    Random random = new Random(1);
    int held = 0;
    for (int t = 0; t < 1000; t++) {
      DelayHistogram histogram = new DelayHistogram();
      for (int i = 0; i < 60; i++) histogram.add((long) (-Math.log(random.nextDouble()) * 100_000));
      Estimate median = LabelMetrics.delayQuantile(histogram, .5).orElseThrow();
      if (median.low() <= 69.3147 && 69.3147 <= median.high()) held++;
    }
    assertThat(held).isGreaterThan(930);
  }

  @Test
  void smallDelaysAreExactAndEveryDelayHasACell() {
    for (long millis = 0; millis < 32; millis++) assertThat(DelayHistogram.cell(millis)).isEqualTo((int) millis);
    int before = 0;
    for (long millis = 1; millis < 1L << 41; millis += 1 + millis / 40) {
      int cell = DelayHistogram.cell(millis);
      assertThat(cell).isBetween(before, before + 1);
      before = cell;
    }
    assertThat(DelayHistogram.cell((1L << 41) - 1)).isEqualTo(DelayHistogram.CELLS - 1);
    DelayHistogram ends = of(-5, Long.MAX_VALUE);
    assertThat(LabelMetrics.delayQuantile(ends, .5).orElseThrow().value()).isZero();
    assertThat(ends.n()).isEqualTo(2);
  }

  @Test
  void coverageAndDelaysAreNamedAndUndefinedOverNothing() {
    assertThat(LabelMetrics.of(0, 0, new DelayHistogram())).extracting(NamedEstimate::estimate)
        .allMatch(java.util.Optional::isEmpty);
    var figures = LabelMetrics.of(8, 2, of(10, 30));
    assertThat(figures).extracting(NamedEstimate::name).containsExactly("label_coverage",
        "label_delay_seconds:quantile=0.5", "label_delay_seconds:quantile=0.9", "label_delay_seconds:quantile=0.99");
    assertThat(figures.getFirst().estimate()).contains(Intervals.wilson(2, 8));
    assertThat(figures.get(1).estimate()).contains(new Estimate(.01, 2, .01, .03));
  }

  @Test
  void aDifferenceAndAnotherVersionAreRefused() {
    DelayHistogram difference = new DelayHistogram();
    difference.remove(5);
    difference.add(100);
    difference.add(100);
    assertThatThrownBy(() -> LabelMetrics.delayQuantile(difference, .99)).hasMessageContaining("difference");
    assertThatThrownBy(() -> DelayHistogram.fromBytes(new byte[] {7, 0})).hasMessageContaining("version 7");
  }

  private static DelayHistogram of(long... delays) {
    DelayHistogram histogram = new DelayHistogram();
    for (long delay : delays) histogram.add(delay);
    return histogram;
  }

  /** Heavy-tailed, from milliseconds to weeks. */
  private static long[] delays(long seed, int n) {
    Random random = new Random(seed);
    return random.doubles(n).mapToLong(u -> (long) (20 * Math.pow(1 - u, -1.5)) % (1L << 40)).toArray();
  }
}
