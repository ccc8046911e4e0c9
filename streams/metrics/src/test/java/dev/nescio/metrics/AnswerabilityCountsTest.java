package dev.nescio.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswerabilityCountsTest {

  @Test
  void theScoreIsInPercent() {
    // IR_ans = 20 %, IR_unans = 70 %: ((100 - 20) + 70)/2 = 75.
    Estimate score = new AnswerabilityCounts(50, 10, 40, 28).idkScore().orElseThrow();
    assertThat(score.value()).isCloseTo(75, within(1e-9));
    assertThat(score.n()).isEqualTo(90);
    assertThat(new AnswerabilityCounts(9, 0, 9, 9).idkScore().orElseThrow().value()).isEqualTo(100);
    assertThat(new AnswerabilityCounts(9, 9, 9, 9).idkScore().orElseThrow().value()).isEqualTo(50);
  }

  @Test
  void needsBothKindsOfQuestion() {
    assertThat(new AnswerabilityCounts(5, 1, 0, 0).idkScore()).isEmpty();
    assertThat(new AnswerabilityCounts(5, 1, 0, 0).idkRateAnswerable()).contains(Intervals.wilson(1, 5));
    assertThat(new AnswerabilityCounts(0, 0, 0, 0).metrics()).allMatch(figure -> figure.estimate().isEmpty());
    assertThatThrownBy(() -> new AnswerabilityCounts(1, 2, 0, 0)).hasMessageContaining("2 of 1");
  }

  @Test
  void theIntervalOfADifferenceIsTheOneOfTheWorkedCase() {
    // Newcombe 1998, table II, method 10: 56/70 - 48/80 = .2 is in .0524 to .3339.
    Estimate difference = Intervals.difference(Intervals.wilson(56, 70), Intervals.wilson(48, 80));
    assertThat(difference.low()).isCloseTo(.0524, within(5e-5));
    assertThat(difference.high()).isCloseTo(.3339, within(5e-5));
  }

  @Test
  void theIntervalHoldsTheTruthAboutAsOftenAsItSays() {
    Random random = new Random(1);
    int held = 0;
    for (int t = 0; t < 2000; t++) {
      long some = random.doubles(40).filter(u -> u < .1).count();
      long none = random.doubles(25).filter(u -> u < .6).count();
      Estimate score = new AnswerabilityCounts(40, some, 25, none).idkScore().orElseThrow();
      if (score.low() <= 75 && 75 <= score.high()) held++;
    }
    assertThat(held / 2000.0).isBetween(.935, .985);
  }
}
