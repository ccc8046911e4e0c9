package dev.nescio.answering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.PlattScaling;
import dev.nescio.confidence.Score;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class DeciderTest {

  private static final Sequence EMPTY =
      new Sequence("", List.of(), Finish.END, false, Optional.empty(), Optional.empty(), 1);

  @Test
  void calibratesTheRawScoreAndDecidesByOneMinusConfidence() {
    Decided decided =
        new Decider("s", Optional.of(platt()), threshold(ThresholdScore.ONE_MINUS_CONFIDENCE, 0.3))
            .decide(draft(Map.of("s", Score.unbounded(0.25)), Optional.of(0.1), false));

    // sigmoid(4 * 0.25 - 0.5) = 1 / (1 + e^-0.5) = 0.62245933120...
    assertThat(decided.confidence()).hasValue(0.622459331);
    assertThat(decided.confidenceReason()).isEmpty();
    assertThat(decided.idk()).isTrue();
    assertThat(decided.reason()).isEqualTo("threshold: 1 - confidence 0.3775 > 0.3");
  }

  @Test
  void saysUncalibratedWithoutAMapAndStillDecidesByPIdk() {
    Decided decided =
        new Decider("s", Optional.empty(), threshold(ThresholdScore.P_IDK, 0.3))
            .decide(draft(Map.of("s", Score.probability(0.9)), Optional.of(0.42), false));

    assertThat(decided.confidence()).isEmpty();
    assertThat(decided.confidenceReason()).contains("uncalibrated");
    assertThat(decided.idk()).isTrue();
    assertThat(decided.reason()).isEqualTo("threshold: p_idk 0.42 > 0.3");
  }

  @Test
  void givesTheReasonOfAnEstimatorThatAbstained() {
    DecisionPolicy token = new DecisionPolicy(IdkMode.TOKEN, ThresholdScore.P_IDK, OptionalDouble.empty());
    Decided decided =
        new Decider("s", Optional.of(platt()), token)
            .decide(draft(Map.of("s", Score.abstain("empty-answer")), Optional.empty(), true));
    assertThat(decided.confidenceReason()).contains("empty-answer");
    assertThat(decided.idk()).isTrue();
  }

  @Test
  void namesAnEstimatorThatDoesNotRun() {
    Decided decided =
        new Decider("elsewhere", Optional.of(platt()), threshold(ThresholdScore.P_IDK, 0.5))
            .decide(draft(Map.of(), Optional.empty(), false));
    assertThat(decided.confidenceReason()).contains("no estimator: elsewhere");
    assertThat(decided.idk()).isFalse();
  }

  @Property
  void roundsToAWholeNumberOfBillionths(@ForAll @DoubleRange(min = 0, max = 1) double confidence) {
    double rounded = Decider.round(confidence);
    long units = Math.round(rounded * 1e9);
    assertThat(rounded).isBetween(0.0, 1.0).isEqualTo(units / 1e9);
    assertThat(Math.abs(rounded - confidence)).isLessThanOrEqualTo(0.5e-9 * (1 + 1e-6));
    assertThat(Decider.round(rounded)).isEqualTo(rounded);
  }

  private static CalibrationMap platt() {
    return new PlattScaling(4, -0.5, 0, 1);
  }

  private static DecisionPolicy threshold(ThresholdScore score, double tau) {
    return new DecisionPolicy(IdkMode.EITHER, score, OptionalDouble.of(tau));
  }

  private static Draft draft(Map<String, Score> scores, Optional<Double> pIdk, boolean idkToken) {
    return new Draft("x", EMPTY, scores, pIdk, idkToken, 3, 0);
  }
}
