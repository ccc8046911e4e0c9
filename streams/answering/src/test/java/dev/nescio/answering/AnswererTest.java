package dev.nescio.answering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.nescio.answering.Ask.Exemplar;
import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Evidence;
import dev.nescio.confidence.EvidenceKey;
import dev.nescio.confidence.Score;
import dev.nescio.language.GenerationRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AnswererTest {

  private final CountingModel model = new CountingModel();

  @Test
  void answersAllQuestionsInOneCallAndInOrder() {
    Answerer answerer = new Answerer(model, List.of(spanLength("a"), spanLength("b")));

    List<Draft> drafts =
        answerer.answer(
            List.of(Ask.zeroShot("one", 5, Optional.empty()), Ask.zeroShot("two", 9, Optional.of("x"))));

    assertThat(model.calls).hasSize(1);
    assertThat(model.calls.getFirst())
        .extracting(GenerationRequest::maxTokens, r -> r.adapter().orElse("base"), GenerationRequest::prompt)
        .containsExactly(
            tuple(5, "base", "Question: one\n\nAnswer:"),
            tuple(9, "x", "Question: two\n\nAnswer:"));
    assertThat(model.calls.getFirst()).allMatch(r -> r.sampling().isGreedy() && r.stop().equals(List.of("\n")));
    assertThat(drafts).extracting(Draft::candidate).containsExactly("one!", "two!");
  }

  @Test
  void givesEveryEstimatorTheEvidenceItNeeds() {
    ConfidenceEstimator trust =
        estimator(
            "trust", Set.of(EvidenceKey.P_IDK), e -> Score.probability(1 - e.get(EvidenceKey.P_IDK).orElseThrow()));
    Draft draft =
        new Answerer(model, List.of(spanLength("length"), trust))
            .answer(List.of(Ask.zeroShot("q", 5, Optional.empty())))
            .getFirst();

    assertThat(draft.scores())
        .containsEntry("length", Score.unbounded(2))
        .containsEntry("trust", Score.probability(0.875));
    assertThat(draft.pIdk()).contains(0.125);
    assertThat(draft.idkToken()).isTrue();
    assertThat(draft.promptTokens()).isEqualTo(2);
    assertThat(draft.cachedPromptTokens()).isEqualTo(2);
  }

  @Test
  void leavesOutEvidenceThatNobodyNeeds() {
    ConfidenceEstimator curious =
        estimator(
            "curious", Set.of(), e -> Score.abstain(e.get(EvidenceKey.ANSWER_SPAN).isPresent() ? "some" : "none"));
    Draft draft =
        new Answerer(model, List.of(curious)).answer(List.of(Ask.zeroShot("q", 5, Optional.empty()))).getFirst();
    assertThat(draft.scores()).containsEntry("curious", Score.abstain("none"));
  }

  @Test
  void turnsAThrowingEstimatorIntoAnAbstentionWithItsReason() {
    ConfidenceEstimator broken =
        estimator("broken", Set.of(), e -> { throw new ArithmeticException("no logarithm of 0"); });
    Draft draft =
        new Answerer(model, List.of(broken, spanLength("fine")))
            .answer(List.of(Ask.zeroShot("q", 5, Optional.empty())))
            .getFirst();
    assertThat(draft.scores().get("broken"))
        .isInstanceOfSatisfying(
            Score.Abstained.class, a -> assertThat(a.reason()).contains("no logarithm of 0"));
    assertThat(draft.scores()).containsEntry("fine", Score.unbounded(2));
  }

  @Test
  void sharesThePrefixOfExemplars() {
    Ask ask = Ask.fewShot("q", List.of(new Exemplar("a", "b")), 5, Optional.empty());
    new Answerer(model, List.of()).answer(List.of(ask));
    GenerationRequest request = model.calls.getFirst().getFirst();
    assertThat(request.sharedPrefix()).isEqualTo(Prompts.prefix(ask.exemplars())).isNotEmpty();
    assertThat(request.prompt()).startsWith(request.sharedPrefix()).endsWith("Question: q\nAnswer:");
  }

  @Test
  void countsPromptAndGenerationTogether() {
    assertThat(new Answerer(model, List.of()).tokens(Ask.zeroShot("two words", 5, Optional.empty())))
        .isEqualTo(4 + 5);
  }

  @Test
  void askingNothingAnswersNothing() {
    assertThat(new Answerer(model, List.of()).answer(List.of())).isEmpty();
    assertThat(model.calls).isEmpty();
  }

  @Test
  void refusesTwoEstimatorsOfOneName() {
    List<ConfidenceEstimator> twins = List.of(spanLength("twin"), spanLength("twin"));
    assertThatThrownBy(() -> new Answerer(model, twins)).hasMessageContaining("twin");
  }

  private static ConfidenceEstimator spanLength(String name) {
    return estimator(
        name, Set.of(EvidenceKey.ANSWER_SPAN),
        e -> Score.unbounded(e.get(EvidenceKey.ANSWER_SPAN).orElseThrow().logProbs().size()));
  }

  private static ConfidenceEstimator estimator(
      String name, Set<EvidenceKey<?>> needs, Function<Evidence, Score> rule) {
    return new ConfidenceEstimator() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Set<EvidenceKey<?>> needs() {
        return needs;
      }

      @Override
      public Score score(Evidence evidence) {
        return rule.apply(evidence);
      }
    };
  }
}
