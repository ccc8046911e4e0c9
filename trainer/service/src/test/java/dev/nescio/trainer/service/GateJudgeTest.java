package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.MetricValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateJudgeTest {

  private final NightConfig config = NightConfig.standard(1).with(Map.of("minimum-gate", "40"), 1);
  private final FittedRow fit =
      new FittedRow(Answers.policy(.05), Answers.GRADER, Optional.empty(), Optional.empty(), "too few");

  /** Of every four, the named number is correct; a wrong one is flagged by the token when the model knows that. */
  private static List<GradedAnswer> answers(int count, int correctOfFour, boolean flags) {
    List<GradedAnswer> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean correct = i % 4 < correctOfFour;
      answers.add(Answers.answer(i, correct ? .9 : .1, .1, flags && !correct, correct));
    }
    return answers;
  }

  @Test
  void promotesACandidateThatFlagsWhatItGetsWrong() {
    GateReport report =
        new GateJudge(config).judge(answers(80, 2, true), fit, answers(80, 2, false), fit, "kwt-1");
    assertThat(report.getPromoted()).isTrue();
    assertThat(report.getN()).isEqualTo(80);
    assertThat(report.getChampion()).isEqualTo("kwt-1");
    assertThat(report.getPaired()).singleElement().satisfies(paired -> {
      // a = 0, b = 1/2, c = 1/2: (c² + cb/2) against c², both over the ceiling c² + c(1 - c)/2 = 3/8.
      assertThat(paired.getValue()).isCloseTo(1.0 / 3, within(1e-12));
      assertThat(paired.getLow()).isPositive();
      assertThat(paired.getHigherIsBetter()).isTrue();
    });
  }

  @Test
  void writesTheFiguresOfBothModels() {
    GateReport report =
        new GateJudge(config).judge(answers(80, 3, true), fit, answers(80, 2, false), fit, "base");
    assertThat(accuracy(report.getCandidateMetrics())).isEqualTo(.75);
    assertThat(accuracy(report.getChampionMetrics())).isEqualTo(.5);
    // Without a fitted map there is no confidence, and so no ECE: a reason stands in its place, no number.
    assertThat(named(report.getCandidateMetrics(), "ece")).satisfies(ece -> {
      assertThat(ece.getValue()).isNull();
      assertThat(ece.getReason()).isNotBlank();
    });
  }

  @Test
  void refusesWithTooFewQuestionsAndSaysSo() {
    GateReport report =
        new GateJudge(config).judge(answers(39, 2, true), fit, answers(39, 2, false), fit, "base");
    assertThat(report.getPromoted()).isFalse();
    assertThat(report.getReason()).contains("39").contains("40");
    assertThat(report.getPaired()).isEmpty();
  }

  @Test
  void refusesAModelThatIsTheSame() {
    GateReport report =
        new GateJudge(config).judge(answers(80, 2, true), fit, answers(80, 2, true), fit, "kwt-1");
    assertThat(report.getPromoted()).isFalse();
    assertThat(report.getReason()).contains("not shown to be better");
  }

  @Test
  void comparesOnlyAnswersToTheSameQuestions() {
    List<GradedAnswer> ours = answers(40, 2, true);
    assertThatThrownBy(() -> new GateJudge(config).judge(ours, fit, ours.reversed(), fit, "base"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("row 0");
    assertThatThrownBy(() -> new GateJudge(config).judge(ours, fit, answers(41, 2, true), fit, "base"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("40").hasMessageContaining("41");
  }

  private static double accuracy(List<MetricValue> metrics) {
    return named(metrics, "accuracy").getValue();
  }

  private static MetricValue named(List<MetricValue> metrics, String start) {
    return metrics.stream().filter(m -> m.getName().startsWith(start)).findFirst().orElseThrow();
  }
}
