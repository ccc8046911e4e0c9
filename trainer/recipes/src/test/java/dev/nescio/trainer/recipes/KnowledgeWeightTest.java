package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KnowledgeWeightTest {

  @Test
  void equalsThePublishedTableForFiveSamples() {
    double[] sixths = {1, 2, 3, 4, 5, 6};
    for (int correct = 0; correct <= 5; correct++) {
      assertThat(KnowledgeWeight.FAMILIARITY.of(correct, 5)).isCloseTo(sixths[correct] / 6, within(1e-15));
      assertThat(KnowledgeWeight.REVERSE.of(correct, 5)).isCloseTo(sixths[5 - correct] / 6, within(1e-15));
      assertThat(KnowledgeWeight.UNIFORM.of(correct, 5)).isEqualTo(1);
    }
  }

  @Property
  void familiarityRisesReverseFallsAndBothStayInZeroToOne(
      @ForAll @IntRange(min = 1, max = 100) int samples, @ForAll @IntRange(max = 99) int drawn) {
    int correct = drawn % samples;
    assertThat(KnowledgeWeight.FAMILIARITY.of(correct + 1, samples))
        .isGreaterThan(KnowledgeWeight.FAMILIARITY.of(correct, samples)).isLessThanOrEqualTo(1);
    assertThat(KnowledgeWeight.REVERSE.of(correct + 1, samples))
        .isLessThan(KnowledgeWeight.REVERSE.of(correct, samples)).isGreaterThan(0);
    assertThat(KnowledgeWeight.FAMILIARITY.of(0, samples)).isGreaterThan(0);
  }
}
