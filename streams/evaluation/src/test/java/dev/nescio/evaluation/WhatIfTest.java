package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.confidence.CalibrationMap;
import dev.nescio.confidence.IdkMode;
import dev.nescio.confidence.ThresholdScore;
import dev.nescio.confidence.ThresholdTarget;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.Metrics;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ScoreKind;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class WhatIfTest {

  private static final Function<Answer, OptionalDouble> SCORES = answer ->
      OptionalDouble.of(answer.getScores().get(Records.ESTIMATOR).getValue());

  @Test
  void repeatsWhatHappenedUnderThePolicyThatWasInForce() {
    LabelledLog log = log(400);
    WhatIf.Result result = policy(IdkMode.THRESHOLD, OptionalDouble.of(0.5), Optional.empty(), true)
        .over(log.entries(), SCORES);
    assertThat(result.instead()).isEqualTo(result.happened());
    assertThat(result.happened().outcomes().n()).isEqualTo(360);
    assertThat(result.unlabelled()).isEqualTo(40);
    assertThat(log.accounts().closed()).isTrue();
  }

  @Test
  void showsWhatEveryThresholdWouldHaveGiven() {
    WhatIf.Result result = policy(IdkMode.THRESHOLD, OptionalDouble.of(0.5), Optional.empty(), true)
        .over(log(400).entries(), SCORES);
    assertThat(result.curve()).hasSizeGreaterThan(10);
    double last = -1;
    for (WhatIf.Point point : result.curve()) {
      double coverage = value(point.summary(), MetricNames.COVERAGE);
      assertThat(coverage).isGreaterThanOrEqualTo(last);
      last = coverage;
    }
    assertThat(last).as("nothing is above the largest score").isEqualTo(1.0);
  }

  @Test
  void fitsOnlyOnLabelsThatHadCome() {
    WhatIf.Result result = policy(IdkMode.THRESHOLD, OptionalDouble.empty(), Optional.empty(), false)
        .over(log(400).entries(), SCORES);
    assertThat(result.fits()).isBetween(2, 8);
    assertThat(result.instead().calibrated()).as("none before the hundredth label").isLessThan(280).isPositive();
  }

  @Test
  void fitsForEachModelByItself() {
    LabelledLog log = new LabelledLog(Duration.ofDays(7));
    for (int i = 0; i < 600; i++) {
      boolean correct = i % 3 != 0;
      boolean other = i % 2 == 0;
      // What is a high score with one model is a low one with the other.
      double score = (correct ? -1 : -2) + (other ? -2 : 0) + i / 1e4;
      log.add(Records.answer("q" + i, "1", "x", TestPipe.START.plusSeconds(i)).setModelDigest(other ? "m1" : "m2")
          .setScores(Map.of(Records.ESTIMATOR, new RawScore(score, ScoreKind.UNBOUNDED, null))).build());
      log.add(Records.label("l" + i, "q" + i + "~1", correct, TestPipe.START.plusSeconds(i)).build(), i);
    }
    WhatIf.Result result = policy(IdkMode.TOKEN, OptionalDouble.empty(), Optional.empty(), false)
        .over(log.entries(), SCORES);
    assertThat(value(result.instead(), MetricNames.of(MetricNames.AUROC, "lenient"))).isGreaterThan(0.99);
  }

  @Test
  void appliesAGivenMap() {
    CalibrationMap map = CalibrationMap.of("platt", Map.of("a", 0.0, "b", 0.0));
    WhatIf.Result result = policy(IdkMode.TOKEN, OptionalDouble.empty(), Optional.of(map), false)
        .over(log(100).entries(), SCORES);
    double accuracy = value(result.instead(), MetricNames.of(MetricNames.ACCURACY, "lenient"));
    assertThat(value(result.instead(), MetricNames.of(MetricNames.ECE, "lenient")))
        .isCloseTo(Math.abs(0.5 - accuracy), within(1e-9));
  }

  private static double value(CalibrationSummary summary, String name) {
    return Metrics.named(name, "lenient").of(summary).orElseThrow().value();
  }

  private static WhatIf policy(IdkMode mode, OptionalDouble tau, Optional<CalibrationMap> map, boolean recorded) {
    return new WhatIf(Records.ESTIMATOR, mode, ThresholdScore.P_IDK, ThresholdTarget.A_FPR_AT_MOST, 0.1, 0.1, tau, map,
        recorded, 100);
  }

  /** Decided at p_idk above 0.5; every tenth label was taken back; labels come a minute after their answers. */
  private static LabelledLog log(int answers) {
    Random random = new Random(5);
    LabelledLog log = new LabelledLog(Duration.ofDays(7));
    for (int i = 0; i < answers; i++) {
      double pIdk = random.nextInt(1_000) / 1_000.0;
      boolean correct = random.nextDouble() > pIdk;
      log.add(Records.answer("q" + i, "1", "x", TestPipe.START.plusSeconds(i))
          .setConfidence(1 - pIdk).setPIdk(pIdk).setDecision(pIdk > 0.5 ? Decision.IDK : Decision.ANSWER)
          .setScores(Map.of(Records.ESTIMATOR, new RawScore(-3 * pIdk, ScoreKind.UNBOUNDED, null))).build());
      log.add(Records.label("l" + i, "q" + i + "~1", correct, TestPipe.START.plusSeconds(i + 60)).build(), 2L * i);
      if (i % 10 == 0) {
        log.add(Records.label("r" + i, "q" + i + "~1", correct, TestPipe.START.plusSeconds(i + 90))
            .setAction(LabelAction.RETRACT).setRevision(1).build(), 2L * i + 1);
      }
    }
    return log;
  }
}
