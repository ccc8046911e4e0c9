package dev.nescio.metrics;

import static dev.nescio.metrics.Observations.answered;
import static dev.nescio.metrics.Observations.summary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
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
    assertThat(new ExpectedCalibrationError(10, Population.ALL, "lenient").of(two).orElseThrow().value())
        .isCloseTo(.475, within(1e-12));
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
