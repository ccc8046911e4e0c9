package dev.nescio.metrics;

import static dev.nescio.metrics.Observations.answered;
import static dev.nescio.metrics.Observations.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ReliabilityDiagramTest {

  @Test
  void everyEdgeBelongsToTheBinBelow() {
    for (int bins : new int[] {10, 15, 20, 60}) {
      for (int edge = 0; edge <= bins; edge++) {
        CalibrationSummary one = summary(answered(new double[] {edge / (double) bins}, new int[] {1}));
        int expected = Math.max(0, edge - 1);
        // An edge such as 1/15 is no whole number of units; it rounds to one side or the other.
        if ((long) edge * Observation.ONE % bins != 0) continue;
        assertThat(ReliabilityDiagram.of(one, bins).get(expected).n()).as("edge %d of %d", edge, bins).isOne();
      }
    }
  }

  @Test
  void theRuleOfTheEdgesDecidesTheWorkedCase() {
    // Right-closed: .95 and 1 share a bin, |1.95 - 1| / 2 = .475; a bin of its own for 1 would give .525.
    CalibrationSummary two = summary(answered(new double[] {.95, 1}, new int[] {1, 0}));
    assertThat(ece(two, EdgeRule.RIGHT)).isCloseTo(.475, within(1e-12));
    assertThat(ece(two, EdgeRule.LEFT)).isCloseTo(.475, within(1e-12));
    // .9 shares a bin with .95 only when bins are closed on the left: |1.85 - 1| / 2.
    CalibrationSummary edge = summary(answered(new double[] {.9, .95}, new int[] {1, 0}));
    assertThat(ece(edge, EdgeRule.LEFT)).isCloseTo(.425, within(1e-12));
    assertThat(ece(edge, EdgeRule.RIGHT)).isCloseTo((.1 + .95) / 2, within(1e-12));
  }

  private static double ece(CalibrationSummary summary, EdgeRule edges) {
    return new ExpectedCalibrationError(10, edges, Population.ALL, "lenient").of(summary).orElseThrow().value();
  }

  /** The cell of a confidence under the other rule is the floor of its share. */
  @Property(tries = 200)
  void binsClosedOnTheLeftAreTheFloorOfTheShare(@ForAll @LongRange(min = 0, max = 1 << 30) long seed,
      @ForAll @IntRange(min = 1, max = 60) int n) {
    Random random = new Random(seed);
    ReliabilityCells cells = new ReliabilityCells();
    for (int count : new int[] {5, 10, 15, 20}) {
      long[] expected = new long[count];
      ReliabilityCells one = new ReliabilityCells();
      for (int i = 0; i < n; i++) {
        int units = random.nextBoolean() ? random.nextInt(Observation.ONE) : random.nextInt(21) * 50_000_000;
        one.add(units, random.nextBoolean(), 1);
        expected[(int) Math.min(count - 1, (long) units * count / Observation.ONE)]++;
      }
      assertThat(one.leftClosedBins(count).n()).containsExactly(expected);
      cells.merge(one, 1);
      cells.merge(one, -1);
    }
    assertThat(cells.isEmpty()).isTrue();
  }

  @Test
  void emptyBinsAreThereWithoutAMean() {
    var bins = ReliabilityDiagram.of(summary(answered(new double[] {.25, .29, .9}, new int[] {1, 0, 1})), 10);
    assertThat(bins).hasSize(10);
    assertThat(bins.get(2)).isEqualTo(new ReliabilityDiagram.Bin(.2, .3, 2, 1, OptionalDouble.of(.27)));
    assertThat(bins.get(8).n()).isOne();
    assertThat(bins.get(9)).isEqualTo(new ReliabilityDiagram.Bin(.9, 1, 0, 0, OptionalDouble.empty()));
  }

  @Test
  void onlyDivisorsOfSixtyAreOffered() {
    assertThatThrownBy(() -> ReliabilityDiagram.of(new CalibrationSummary(), 7)).hasMessageContaining("7 bins");
  }

  @Property
  void theCellIsTheCeilingOfTheShare(@ForAll @IntRange(min = 1, max = Observation.ONE) int units) {
    int cell = ReliabilityCells.cell(units);
    assertThat((long) units * 60).isGreaterThan((long) cell * Observation.ONE);
    assertThat((long) units * 60).isLessThanOrEqualTo((cell + 1L) * Observation.ONE);
  }

  @Property
  void scalesAreMonotoneAndFine(@ForAll @IntRange(min = 0, max = Observation.ONE - 1) int units) {
    for (RankScale scale : RankScale.values()) {
      assertThat(scale.cell(units)).isBetween(0, RankScale.CELLS - 1).isLessThanOrEqualTo(scale.cell(units + 1));
    }
    int end = Math.min(units, Observation.ONE - units);
    int far = (int) Math.min(Observation.ONE, units + (long) end / 32 + 1);
    assertThat(RankScale.TAILS.cell(far)).isGreaterThan(RankScale.TAILS.cell(units));
  }
}
