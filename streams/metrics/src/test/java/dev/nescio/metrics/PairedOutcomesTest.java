package dev.nescio.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedOutcomesTest {

  @Test
  void aModelComparedWithItselfDoesNotDiffer() {
    PairedOutcomes same = new PairedOutcomes(List.of(
        new PairedOutcome(true, false, true, false), new PairedOutcome(false, true, false, true)));
    assertThat(same.naupcOverCeilingDifference(new Random(1))).contains(new Estimate(0, 2, 0, 0));
  }

  @Test
  void justifiedFlagsAreAGainWhoseIntervalLeavesZeroOut() {
    // 100 questions, 60 right; the champion never flags, the candidate flags 30 of 40 wrong ones and 1 right one.
    List<PairedOutcome> pairs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      boolean correct = i < 60;
      pairs.add(new PairedOutcome(correct, false, correct, correct ? i == 0 : i < 90));
    }
    PairedOutcomes outcomes = new PairedOutcomes(pairs);
    assertThat(outcomes.champion()).isEqualTo(new OutcomeCounts(0, 0, 60, 40));
    assertThat(outcomes.candidate()).isEqualTo(new OutcomeCounts(1, 30, 59, 10));
    // (.59² + .59 (.3 - .01)/2 - .01·.3/3) / (.6·1.6/2) - .6² / (.6·1.6/2) = .90133 - .75
    Estimate gain = outcomes.naupcOverCeilingDifference(new Random(1)).orElseThrow();
    assertThat(gain.value()).isCloseTo((.3481 + .08555 - .001 - .36) / .48, within(1e-9));
    assertThat(gain.low()).isGreaterThan(0);
    assertThat(gain.high()).isLessThan(.3);
    assertThat(outcomes.candidateAFpr().orElseThrow().value()).isCloseTo(1.0 / 60, within(1e-12));
    assertThat(outcomes.naupcOverCeilingDifference(new Random(1))).contains(gain);
  }

  @Test
  void withoutACorrectAnswerThereIsNoDifference() {
    PairedOutcomes none = new PairedOutcomes(Collections.nCopies(5, new PairedOutcome(false, false, true, false)));
    assertThat(none.naupcOverCeilingDifference(new Random(1))).isEmpty();
    assertThat(new PairedOutcomes(List.of()).naupcOverCeilingDifference(new Random(1))).isEmpty();
  }
}
