package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.metrics.PairedOutcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedGateTest {

  private static final PairedOutcome BOTH_RIGHT = new PairedOutcome(true, false, true, false);
  private static final PairedOutcome BOTH_WRONG = new PairedOutcome(false, false, false, false);
  private static final PairedOutcome NOW_RIGHT = new PairedOutcome(false, false, true, false);
  private static final PairedOutcome NOW_FLAGGED = new PairedOutcome(false, false, false, true);
  private static final PairedOutcome WRONGLY_FLAGGED = new PairedOutcome(true, false, true, true);

  private final PairedGate gate = new PairedGate(50, 7);

  @Test
  void promotesWhatFlagsItsWrongAnswers() {
    PairedGate.Report report = gate.judge(mix(40, BOTH_RIGHT, 20, BOTH_WRONG, 40, NOW_FLAGGED));

    // c = .4 for both; b rises from 0 to .4: (.16 + .4 * .4 / 2) / (.4 * 1.4 / 2) - .16 / .28
    assertThat(report.difference().orElseThrow().value()).isCloseTo(.08 / .28, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(report.promoted()).isTrue();
    assertThat(report.reason()).startsWith("better: ").contains("100 questions");
  }

  @Test
  void refusesAnEqualCandidate() {
    PairedGate.Report report = gate.judge(mix(50, BOTH_RIGHT, 50, BOTH_WRONG));

    assertThat(report.promoted()).isFalse();
    assertThat(report.reason()).startsWith("not shown to be better");
  }

  @Test
  void refusesACandidateThatFlagsTooManyCorrectAnswers() {
    PairedGate.Report report = gate.judge(mix(20, BOTH_RIGHT, 6, WRONGLY_FLAGGED, 74, NOW_RIGHT));

    assertThat(report.promoted()).isFalse();
    assertThat(report.aFpr().orElseThrow().value()).isEqualTo(.06);
    assertThat(report.reason()).startsWith("flags 0.060 of its correct answers");
  }

  @Test
  void takesExactlyFivePercent() {
    assertThat(gate.judge(mix(20, BOTH_RIGHT, 5, WRONGLY_FLAGGED, 75, NOW_RIGHT)).promoted()).isTrue();
  }

  @Test
  void refusesTooFewQuestions() {
    assertThat(gate.judge(mix(49, NOW_RIGHT)).reason()).isEqualTo("only 49 gate questions, at least 50 are needed");
  }

  @Test
  void refusesWhereNothingIsCorrect() {
    PairedGate.Report report = gate.judge(mix(60, BOTH_WRONG));

    assertThat(report.promoted()).isFalse();
    assertThat(report.difference()).isEmpty();
  }

  private static List<PairedOutcome> mix(Object... countsAndOutcomes) {
    List<PairedOutcome> pairs = new ArrayList<>();
    for (int i = 0; i < countsAndOutcomes.length; i += 2) {
      for (int k = 0; k < (int) countsAndOutcomes[i]; k++) pairs.add((PairedOutcome) countsAndOutcomes[i + 1]);
    }
    return pairs;
  }
}
