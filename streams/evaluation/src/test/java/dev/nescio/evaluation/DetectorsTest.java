package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.metrics.Observation;
import dev.nescio.schemas.Decision;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class DetectorsTest {

  private static final DoubleUnaryOperator CALIBRATED = confidence -> confidence;

  @Test
  void boundsAMeanAsChernoffDoes() {
    // kl(0.5, 0.4) = 0.020410997; with n = 100 the chance is exp(-2.0411) = 0.12989
    assertThat(MeanBounds.divergence(0.5, 0.4)).isCloseTo(0.020410997260127586, within(1e-15));
    assertThat(MeanBounds.lower(0.5, 100, Math.exp(-2.0410997260127586))).isCloseTo(0.4, within(1e-12));
    assertThat(MeanBounds.upper(0.5, 100, Math.exp(-2.0410997260127586))).isCloseTo(0.6, within(1e-12));
    // No success in n trials: q = 1 - error^(1/n).
    assertThat(MeanBounds.upper(0, 10, 0.05)).isCloseTo(1 - Math.pow(0.05, 0.1), within(1e-12));
    assertThat(MeanBounds.lower(0, 10, 0.05)).isZero();
  }

  @Test
  void neverPagesForCalibratedWindowsOfAnySize() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      Tally recent = window(random, 1 + random.nextInt(400), CALIBRATED);
      Tally reference = window(random, 1 + random.nextInt(400), CALIBRATED);
      for (Detector detector : Detectors.all()) {
        assertThat(detector.read(recent, reference, AlertRules.DEFAULT.error()).map(Reading::low).orElse(0.0))
            .as("%s, seed %d", detector.name(), seed).isLessThan(detector.limit(AlertRules.DEFAULT));
      }
    }
  }

  @Test
  void boundsHoldAsOftenAsTheySay() {
    int wrong = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      Tally recent = window(new Random(seed), 50, CALIBRATED);
      if (new Miscalibration().read(recent, new Tally(), 0.2).orElseThrow().low() > 0) wrong++;
    }
    assertThat(wrong / 2_000.0).isLessThan(0.2);
  }

  @Test
  void seesConfidencesThatAreTooHigh() {
    Tally recent = window(new Random(1), 500, confidence -> confidence - 0.3);
    Reading reading = new Miscalibration().read(recent, new Tally(), 1e-6).orElseThrow();
    assertThat(reading.value()).isBetween(0.2, 0.35);
    assertThat(reading.low()).isBetween(0.05, reading.value());
    assertThat(reading.high()).isGreaterThan(reading.value());
  }

  @Test
  void seesErrorsThatCancelOverAllAnswers() {
    Tally recent = window(new Random(1), 5_000, confidence -> 1 - confidence);
    assertThat(new Miscalibration().read(recent, new Tally(), 1e-6).orElseThrow().low()).isGreaterThan(0.2);
  }

  @Test
  void seesAnAccuracyThatDropped() {
    Tally before = window(new Random(1), 3_000, confidence -> 0.8);
    Tally now = window(new Random(2), 1_000, confidence -> 0.5);
    Reading reading = new AccuracyDrop().read(now, before, 1e-6).orElseThrow();
    assertThat(reading.value()).isCloseTo(0.3, within(0.05));
    assertThat(reading.low()).isGreaterThan(0.1);
    assertThat(new AccuracyDrop().read(before, now, 1e-6).orElseThrow().low()).isNegative();
  }

  @Test
  void seesConfidencesThatMovedWithoutAnyLabel() {
    Tally before = new Tally();
    Tally now = new Tally();
    for (int i = 0; i < 2_000; i++) {
      before.add(answer(i / 2_000.0, null));
      now.add(answer(i / 4_000.0, null));
    }
    Reading reading = new ConfidenceShift().read(now, before, 1e-6).orElseThrow();
    assertThat(reading.value()).isCloseTo(0.5, within(0.01));
    assertThat(reading.low()).isGreaterThan(0.25);
    assertThat(new Miscalibration().read(now, before, 1e-6)).isEqualTo(Optional.empty());
  }

  @Test
  void seesCorrectAnswersThatAreFlagged() {
    Tally recent = new Tally();
    for (int i = 0; i < 1_000; i++) {
      recent.add(answer(0.5, true, i % 5 == 0 ? Decision.IDK : Decision.ANSWER));
    }
    Reading reading = new FalseFlags().read(recent, new Tally(), 1e-6).orElseThrow();
    assertThat(reading.value()).isEqualTo(0.2);
    assertThat(reading.low()).isBetween(0.05, 0.2);
  }

  @Test
  void forgetsWhatIsTakenOut() {
    Tally all = window(new Random(3), 40, CALIBRATED);
    Tally part = all.copy();
    all.add(answer(0.33, true));
    all.remove(answer(0.33, true));
    assertThat(all).isEqualTo(part).isEqualTo(Tally.fromBytes(part.toBytes()));
    all.subtract(part);
    assertThat(all.isEmpty()).isTrue();
  }

  static Tally window(Random random, int n, DoubleUnaryOperator chance) {
    Tally tally = new Tally();
    for (int i = 0; i < n; i++) {
      double confidence = random.nextDouble();
      tally.add(answer(confidence, random.nextDouble() < chance.applyAsDouble(confidence)));
    }
    return tally;
  }

  static Contribution answer(double confidence, Boolean correct) {
    return answer(confidence, correct, Decision.ANSWER);
  }

  private static Contribution answer(double confidence, Boolean correct, Decision decision) {
    AnswerFacts answer = Facts.answer("q~1", 0, decision, OptionalInt.of(Observation.units(confidence)));
    return new Contribution(answer.withoutCandidate(), correct != null, correct, 0, OptionalLong.empty(),
        Opinions.NONE);
  }
}
