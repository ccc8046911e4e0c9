package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.inference.CalibratorBook.Fitted;
import dev.nescio.schemas.FittedBy;
import dev.nescio.schemas.Policy;
import dev.nescio.schemas.ThresholdScore;
import dev.nescio.schemas.ThresholdTarget;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VerdictsTest {

  /** Its threshold is 0.5 on p_idk, fitted for an A-FPR of at most 0.025. */
  private final Optional<Fitted> fitted =
      Optional.of(Fitted.of(Records.calibrator("*", "*", "m", "c", 150, FittedBy.EVALUATION, 0)));

  @Test
  void takesTheLimitThatWasFittedForThePolicysScoreAndTarget() {
    assertThat(decision(Records.policy("*", "*", "p")).tau()).hasValue(0.5);
  }

  @Test
  void takesNoLimitThatBelongsToAnotherScoreTargetOrBound() {
    Policy score = Records.policy("*", "*", "p");
    score.setThresholdScore(ThresholdScore.ONE_MINUS_CONFIDENCE);
    assertThat(decision(score).tau()).isEmpty();
    Policy target = Records.policy("*", "*", "p");
    target.setThresholdTarget(ThresholdTarget.MAX_NAUPC);
    assertThat(decision(target).tau()).isEmpty();
    Policy bound = Records.policy("*", "*", "p");
    bound.setAlpha(0.1);
    assertThat(decision(bound).tau()).isEmpty();
  }

  @Test
  void hasNeitherMapNorLimitWithoutACalibrator() {
    assertThat(Verdicts.decider(Records.policy("*", "*", "p"), Optional.empty()).map()).isEmpty();
    assertThat(Verdicts.decider(Records.policy("*", "*", "p"), Optional.empty()).policy().tau()).isEmpty();
  }

  private DecisionPolicy decision(Policy policy) {
    return Verdicts.decider(policy, fitted).policy();
  }
}
