package dev.nescio.metrics;

import static dev.nescio.metrics.Observations.random;
import static dev.nescio.metrics.Observations.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class CalibrationSummaryTest {

  /** Bytes of version 2, written once; a change that breaks them needs a new version. */
  private static final String GOLDEN =
      "0209020000010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "000000000000000000000000000002010e020080cab5ee0101010502000000000000000000000000de0b6b3a76400000000d"
      + "e0b6b3a7640000000000000000000000000000001125ae1800012606aaf954a24001bf07000201ff1d0002";

  /** The same state as version 1 wrote it. */
  private static final String GOLDEN_OF_VERSION_1 =
      "0109020000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "00000000000000000000000002010e020080cab5ee010000000000000000000000de0b6b3a76400000000de0b6b3a7640000"
      + "000000000000000000000000001125ae1800012606aaf954a24001bf07000201ff1d0002";

  @Property(tries = 200)
  void theOrderOfAddingDoesNotMatter(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(max = 300) int n) {
    List<Observation> stream = random(seed, n);
    List<Observation> shuffled = new ArrayList<>(stream);
    Collections.shuffle(shuffled, new Random(seed + 1));
    assertThat(summary(shuffled).toBytes()).isEqualTo(summary(stream).toBytes());
  }

  @Property(tries = 200)
  void removingRestoresTheState(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(max = 200) int kept, @ForAll @IntRange(max = 200) int removed) {
    List<Observation> stays = random(seed, kept);
    List<Observation> goes = random(seed + 1, removed);
    CalibrationSummary summary = summary(stays);
    goes.forEach(summary::add);
    Collections.shuffle(goes, new Random(seed));
    goes.forEach(summary::remove);
    assertThat(summary).isEqualTo(summary(stays)).hasSameHashCodeAs(summary(stays));
    stays.forEach(summary::remove);
    assertThat(summary.isEmpty()).isTrue();
    assertThat(summary).isEqualTo(new CalibrationSummary());
  }

  @Property(tries = 200)
  void mergingIsAddingInAnyGrouping(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(max = 100) int na, @ForAll @IntRange(max = 100) int nb, @ForAll @IntRange(max = 100) int nc) {
    CalibrationSummary a = summary(random(seed, na));
    CalibrationSummary b = summary(random(seed + 1, nb));
    CalibrationSummary c = summary(random(seed + 2, nc));
    List<Observation> all = new ArrayList<>(random(seed, na));
    all.addAll(random(seed + 1, nb));
    all.addAll(random(seed + 2, nc));

    CalibrationSummary left = a.copy();
    left.merge(b);
    left.merge(c);
    CalibrationSummary right = c.copy();
    right.merge(b);
    right.merge(a);
    assertThat(left).isEqualTo(right).isEqualTo(summary(all));

    left.merge(new CalibrationSummary());
    assertThat(left).isEqualTo(right);
    left.subtract(c);
    left.subtract(b);
    assertThat(left).isEqualTo(a);
  }

  @Property(tries = 100)
  void aDifferenceMayBeMergedFirst(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 1, max = 100) int n) {
    List<Observation> stream = random(seed, n);
    CalibrationSummary difference = new CalibrationSummary();
    stream.forEach(difference::remove);
    assertThatThrownBy(() -> Metrics.all("lenient").getFirst().of(difference)).hasMessageContaining("difference");
    CalibrationSummary back = CalibrationSummary.fromBytes(difference.toBytes());
    back.merge(summary(stream));
    assertThat(back.isEmpty()).isTrue();
  }

  @Property(tries = 200)
  void bytesAreReadBackToTheSameState(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(max = 400) int n) {
    CalibrationSummary summary = summary(random(seed, n));
    CalibrationSummary back = CalibrationSummary.fromBytes(summary.toBytes());
    assertThat(back).isEqualTo(summary);
    for (Metric<CalibrationSummary> metric : Metrics.all("lenient")) {
      assertThat(metric.of(back)).as(metric.name()).isEqualTo(metric.of(summary));
    }
  }

  @Property(tries = 300)
  void damagedBytesAreRefusedOrReadNeverWorse(@ForAll @LongRange(min = 0, max = 1 << 30) long seed) {
    byte[] bytes = summary(random(seed, 20)).toBytes();
    Random random = new Random(seed);
    byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    assertThatThrownBy(() -> CalibrationSummary.fromBytes(cut)).isInstanceOf(IllegalArgumentException.class);
    byte[] flipped = bytes.clone();
    flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    try {
      CalibrationSummary.fromBytes(flipped);
    } catch (IllegalArgumentException expected) {
      assertThat(expected).hasMessageContaining("summary");
    }
  }

  @Test
  void theBytesOfVersionTwoStayReadable() {
    // One audited IDK answer, wrong, confidence .25 and p_idk 1; one answer without either, correct.
    CalibrationSummary expected = new CalibrationSummary();
    expected.add(new Observation(
        OptionalInt.of(250_000_000), OptionalInt.of(Observation.ONE), false, true, true));
    expected.add(new Observation(OptionalInt.empty(), OptionalInt.empty(), true, false, false));
    byte[] written = HexFormat.of().parseHex(GOLDEN);
    assertThat(CalibrationSummary.fromBytes(written)).isEqualTo(expected);
    assertThat(expected.toBytes()).isEqualTo(written);
  }

  @Test
  void bytesOfVersionOneAreReadWithoutTheirEdges() {
    CalibrationSummary old = CalibrationSummary.fromBytes(HexFormat.of().parseHex(GOLDEN_OF_VERSION_1));
    CalibrationSummary now = CalibrationSummary.fromBytes(HexFormat.of().parseHex(GOLDEN));
    CalibrationSummary merged = new CalibrationSummary();
    merged.merge(now);
    merged.merge(old);
    merged.subtract(now);
    for (Metric<CalibrationSummary> metric : Metrics.all("lenient")) {
      boolean left = metric.name().equals(MetricNames.of(MetricNames.ECE_LEFT, "lenient"));
      assertThat(metric.of(old)).as(metric.name()).isEqualTo(left ? Optional.empty() : metric.of(now));
      assertThat(metric.of(merged)).as(metric.name()).isEqualTo(metric.of(old));
    }
    assertThat(CalibrationSummary.fromBytes(old.toBytes())).isEqualTo(old).isEqualTo(merged);
    old.subtract(old);
    assertThat(old.isEmpty()).isTrue();
  }

  @Test
  void anotherVersionIsRefusedByNumber() {
    assertThatThrownBy(() -> CalibrationSummary.fromBytes(new byte[] {9, 0}))
        .hasMessage("a summary of version 9; this program reads versions 1 to 2");
  }

  @Test
  void aCopyIsIndependentAndMergingItselfDoubles() {
    CalibrationSummary one = summary(random(5, 50));
    CalibrationSummary copy = one.copy();
    one.merge(one);
    assertThat(one.outcomes().n()).isEqualTo(100);
    assertThat(copy.outcomes().n()).isEqualTo(50);
    one.subtract(one);
    assertThat(one.isEmpty()).isTrue();
  }

  @Test
  void populationsAreCountedApart() {
    List<Observation> stream = random(7, 500);
    CalibrationSummary summary = summary(stream);
    assertThat(summary.outcomes()).isEqualTo(count(stream));
    assertThat(summary.outcomes(Population.ANSWERED)).isEqualTo(count(stream.stream().filter(o -> !o.idk()).toList()));
    assertThat(summary.outcomes(Population.AUDITED))
        .isEqualTo(count(stream.stream().filter(Observation::audited).toList()));
    assertThat(summary.calibrated()).isEqualTo(stream.stream().filter(o -> o.confidence().isPresent()).count());
  }

  @Test
  void staysSmall() {
    assertThat(summary(random(3, 60)).toBytes().length).isLessThan(1_500);
    assertThat(summary(random(3, 100_000)).toBytes().length).isLessThan(60_000);
  }

  private static OutcomeCounts count(List<Observation> all) {
    long[] n = new long[4];
    for (Observation o : all) n[(o.idk() ? 0 : 2) + (o.correct() ? 0 : 1)]++;
    return new OutcomeCounts(n[0], n[1], n[2], n[3]);
  }
}
