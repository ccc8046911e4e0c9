package dev.nescio.answering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Estimators;
import dev.nescio.confidence.Evidence;
import dev.nescio.confidence.EvidenceKey;
import dev.nescio.confidence.Score;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Models that do not tell everything: estimators abstain with the reason, and nothing is guessed. */
class AssessorTest {

  @Test
  void withoutLogProbabilitiesEveryEstimatorOverTokensAbstains() {
    Sequence textOnly =
        new Sequence(" Lima", List.of(), Finish.STOP, false, Optional.empty(), Optional.empty(), 1);
    Map<String, Score> scores = scores(Set.of(), Estimators.all(), textOnly);
    assertThat(scores).hasSameSizeAs(Estimators.all());
    assertThat(scores.values())
        .containsOnly(Score.abstain("missing:answer-span (the model gives no TOKEN_LOG_PROBS)"));
  }

  @Test
  void anAnswerWhoseTokensWereNotToldIsNoEmptyAnswer() {
    Sequence untold =
        new Sequence(" \u65E5\u672C", List.of(), Finish.STOP, false, Optional.empty(), Optional.empty(), 4);
    assertThat(scores(Set.of(EvidenceKind.TOKEN_LOG_PROBS), Estimators.all(), untold).get("sequence-probability"))
        .isEqualTo(Score.abstain("missing:answer-span"));
    Sequence empty = new Sequence("", List.of(), Finish.END, false, Optional.empty(), Optional.empty(), 1);
    assertThat(scores(Set.of(EvidenceKind.TOKEN_LOG_PROBS), Estimators.all(), empty).get("sequence-probability"))
        .isEqualTo(Score.abstain("empty-answer"));
  }

  @Test
  void withoutEntropiesOnlyTheirEstimatorsAbstain() {
    Token token = new Token(OptionalInt.empty(), " Lima", -0.5, Optional.empty(), Optional.empty(), List.of());
    Sequence sequence =
        new Sequence(" Lima", List.of(token), Finish.STOP, false, Optional.empty(), Optional.empty(), 1);
    Map<String, Score> scores = scores(Set.of(EvidenceKind.TOKEN_LOG_PROBS), Estimators.all(), sequence);
    assertThat(scores.get("mean-token-entropy")).isEqualTo(Score.abstain("missing:entropies"));
    assertThat(scores.get("sequence-probability")).isEqualTo(Score.unbounded(Math.exp(-0.5)));
  }

  @Test
  void withoutIdkTheReasonNamesIt() {
    ConfidenceEstimator trust =
        new ConfidenceEstimator() {
          @Override
          public String name() {
            return "trust";
          }

          @Override
          public Set<EvidenceKey<?>> needs() {
            return Set.of(EvidenceKey.P_IDK);
          }

          @Override
          public Score score(Evidence evidence) {
            return Score.probability(1 - evidence.get(EvidenceKey.P_IDK).orElseThrow());
          }
        };
    Sequence without = new Sequence("x", List.of(), Finish.STOP, false, Optional.empty(), Optional.empty(), 1);
    Sequence with = new Sequence("x", List.of(), Finish.STOP, false, Optional.of(0.25), Optional.empty(), 1);
    assertThat(scores(Set.of(), List.of(trust), without))
        .containsValue(Score.abstain("missing:p-idk (the model gives no P_IDK)"));
    assertThat(scores(Set.of(EvidenceKind.P_IDK), List.of(trust), without))
        .containsValue(Score.abstain("missing:p-idk"));
    assertThat(scores(Set.of(EvidenceKind.P_IDK), List.of(trust), with)).containsValue(Score.probability(0.75));
  }

  private static Map<String, Score> scores(
      Set<EvidenceKind> available, List<ConfidenceEstimator> estimators, Sequence sequence) {
    Generation generation = new Generation(List.of(sequence), 3, 0);
    return new Assessor(available, estimators).assess(generation, sequence).scores();
  }
}
