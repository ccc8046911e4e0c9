package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.answering.Decided;
import dev.nescio.answering.Decider;
import dev.nescio.answering.Draft;
import dev.nescio.confidence.DecisionPolicy;
import dev.nescio.confidence.FittedMap;
import dev.nescio.confidence.FittedThreshold;
import dev.nescio.confidence.Score;
import dev.nescio.language.Generation;
import dev.nescio.metrics.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class FittedRowTest {

  private static final String ESTIMATOR = "sequence-probability";

  private final FittedRow row = FittedRow.fit(Answers.twenty(), Answers.GRADER, Answers.policy(.2), 20);

  @Test
  void fitsTheMapOfAWorkedCase() {
    // Targets 11/12 and 1/12; two scores, so the fit meets their means: (2 * 11 + 8) / 120 and (8 * 11 + 2) / 120.
    assertThat(row.map().orElseThrow().map().apply(0)).isCloseTo(.25, within(1e-6));
    assertThat(row.map().orElseThrow().map().apply(1)).isCloseTo(.75, within(1e-6));
    assertThat(row.map().orElseThrow().n()).isEqualTo(20);
    assertThat(row.map().orElseThrow().correct()).isEqualTo(10);
    assertThat(row.whyNoMap()).isEmpty();
  }

  @Test
  void fitsTheThresholdOfAWorkedCase() {
    // The ceil((10 + 1) * .8) = 9th smallest p_idk of the ten correct answers.
    FittedThreshold threshold = row.threshold().orElseThrow();
    assertThat(threshold.tau()).isEqualTo(.09);
    assertThat(threshold.correct()).isEqualTo(10);
    assertThat(row.decide(Answers.answer(1, 1, .09, false, true)).idk()).isFalse();
    assertThat(row.decide(Answers.answer(1, 1, .0901, false, true)).idk()).isTrue();
    assertThat(row.decide(Answers.answer(1, 1, 0, true, true)).idk()).as("the token decides too").isTrue();
  }

  @Test
  void saysWhyThereIsNoMap() {
    FittedRow few = FittedRow.fit(Answers.twenty().subList(0, 9), Answers.GRADER, Answers.policy(.2), 10);
    assertThat(few.map()).isEmpty();
    assertThat(few.whyNoMap()).contains("9").contains("10");
    assertThat(few.confidence(Answers.answer(1, 1, 0, false, true))).isEmpty();
    assertThat(few.threshold()).as("two correct answers cannot bound the share of flagged ones").isEmpty();
    assertThat(few.decide(Answers.answer(1, 1, 1, false, true)).reason()).isEqualTo("no-threshold");
  }

  @Test
  void leavesOutAnswersWhoseEstimatorAbstained() {
    GradedAnswer abstained = new GradedAnswer(
        Answers.answer(99, 0, 0, false, true).item(), "", new Score.Abstained("nothing said"), OptionalDouble.empty(),
        false, Map.of(Answers.GRADER, false), 0);
    List<GradedAnswer> answers = new ArrayList<>(Answers.twenty());
    answers.add(abstained);
    FittedRow fit = FittedRow.fit(answers, Answers.GRADER, Answers.policy(.2), 20);
    assertThat(fit.map().map(FittedMap::n)).contains(20);
    assertThat(fit.observe(abstained, Answers.GRADER))
        .isEqualTo(new Observation(OptionalInt.empty(), OptionalInt.empty(), false, false, false));
  }

  @Test
  void observesWhatTheSummariesCount() {
    Observation seen = row.observe(Answers.answer(1, 1, .25, false, true), Answers.GRADER);
    assertThat(seen.confidence().orElseThrow()).isCloseTo(750_000_000, within(1000));
    assertThat(seen.pIdk()).hasValue(250_000_000);
    assertThat(seen.correct()).isTrue();
    assertThat(seen.idk()).isTrue();
    assertThatThrownBy(() -> row.observe(Answers.answer(1, 1, .25, false, true), "judge"))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("judge").hasMessageContaining("q1");
  }

  @Property(tries = 200)
  void decidesAsLiveInferenceWould(
      @ForAll @DoubleRange(min = 0, max = 1) double raw, @ForAll @DoubleRange(min = 0, max = 1) double pIdk,
      @ForAll boolean token) {
    GradedAnswer answer = Answers.answer(1, raw, pIdk, token, true);
    Generation.Sequence sequence = new Generation.Sequence(
        "a", List.of(), Generation.Finish.END, token, Optional.of(pIdk), Optional.empty(), 1);
    Draft draft =
        new Draft("a", sequence, Map.of(ESTIMATOR, answer.score()), Optional.of(pIdk), token, 1, 0);
    DecisionPolicy live = new DecisionPolicy(
        row.policy().mode(), row.policy().score(), OptionalDouble.of(row.threshold().orElseThrow().tau()));
    Decided decided = new Decider(ESTIMATOR, row.map().map(FittedMap::map), live).decide(draft);
    assertThat(row.confidence(answer)).hasValue(Observation.units(decided.confidence().orElseThrow()));
    assertThat(row.decide(answer).idk()).isEqualTo(decided.idk());
    assertThat(row.decide(answer).reason()).isEqualTo(decided.reason());
  }
}
