package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AgreementTest {

  /** Cohen's example in many textbooks: 20 yes-yes, 5, 10, 15 no-no gives 0.7 and kappa 0.4. */
  @Test
  void takesOutWhatChanceAloneBrings() {
    Agreement agreement = new Agreement("grader", 20, 5, 10, 15);
    assertThat(agreement.share().orElseThrow().value()).isEqualTo(0.7);
    assertThat(agreement.kappa().orElseThrow().value()).isCloseTo(0.4, within(1e-12));
    // 1.96 sqrt(.7 .3 / (50 .5²)) = 0.254
    assertThat(agreement.kappa().orElseThrow().low()).isCloseTo(0.146, within(1e-3));
  }

  @Test
  void isEmptyWithoutCommonAnswersAndSaysWhy() {
    Agreement agreement = new Agreement("judge", 0, 0, 0, 0);
    assertThat(agreement.share()).isEmpty();
    assertThat(agreement.reason()).contains("judge");
    assertThat(agreement.figures()).allSatisfy(figure -> assertThat(figure.estimate()).isEmpty());
  }

  @Test
  void hasNoKappaWhenBothAlwaysSayTheSame() {
    assertThat(new Agreement("grader", 9, 0, 0, 0).kappa()).isEmpty();
    assertThat(new Agreement("grader", 9, 0, 0, 0).share().orElseThrow().value()).isEqualTo(1);
  }
}
