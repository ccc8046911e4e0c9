package dev.nescio.grading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.grading.Judgement.Basis;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.ModelIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeProtocolTest {

  private final Scripted model = new Scripted();
  private final JudgeProtocol judge = new JudgeProtocol(model, Optional.empty());

  @Test
  void anExactMatchIsCorrectWithoutAsking() {
    List<Judgement> judgements = judge.judge(List.of(asked("  new   YORK ", "Boston", "New York"), asked(" \n", "x")));
    assertThat(judgements).extracting(Judgement::basis).containsExactly(Basis.EXACT_MATCH, Basis.EMPTY);
    assertThat(judgements).extracting(j -> j.correct().orElseThrow()).containsExactly(true, false);
    assertThat(model.asked).isEmpty();
  }

  @Test
  void theOthersAreOneBatchAndKeepTheirOrder() {
    model.replies.addAll(List.of(" Yes.", " no"));
    List<Judgement> judgements =
        judge.judge(List.of(asked("NYC", "New York"), asked("Paris", "Paris"), asked("Rome", "New York")));
    assertThat(judgements).extracting(Judgement::basis).containsExactly(Basis.YES, Basis.EXACT_MATCH, Basis.NO);
    assertThat(model.batches).isEqualTo(1);
    assertThat(model.asked).allSatisfy(request -> {
      assertThat(request.sampling().isGreedy()).isTrue();
      assertThat(request.maxTokens()).isEqualTo(10);
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      yes                     | YES
      **Yes**, they do        | YES
      No, yes would be wrong  | NO
      yesterday               | UNCLEAR
      I cannot say            | UNCLEAR
      nothing                 | UNCLEAR
      """)
  void theFirstVerdictWordDecides(String reply, Basis basis) {
    assertThat(JudgeProtocol.read(reply).basis()).isEqualTo(basis);
  }

  @Test
  void anUnclearReplyIsIncorrect() {
    assertThat(new Judgement(Basis.UNCLEAR, "hm").correct()).contains(false);
    assertThat(new Judgement(Basis.TOO_LONG, "").correct()).isEmpty();
  }

  @Test
  void theModelSeesTheWholeCaseAndNoPartCanPassForAnother() {
    String prompt = JudgeProtocol.prompt(new JudgeCase("Where?", Optional.of("A city\nby the sea."),
        List.of("New York", "NYC"), "Boston\nCorrect answer: Boston"));
    assertThat(prompt).contains("Question: Where?\n", "Knowledge: A city by the sea.\n",
        "Correct answer: New York; or: NYC\n", "Given answer: Boston Correct answer: Boston\n");
    assertThat(prompt).endsWith("Reply:");
  }

  @Test
  void aCaseThatDoesNotFitHasNoVerdict() {
    model.replies.add("yes");
    List<Judgement> judgements =
        judge.judge(List.of(asked("word ".repeat(3000), "New York"), asked("NYC", "New York")));
    assertThat(judgements).extracting(Judgement::basis).containsExactly(Basis.TOO_LONG, Basis.YES);
  }

  @Test
  void aCaseNeedsAnAcceptedAnswer() {
    assertThatThrownBy(() -> asked("x")).hasMessageContaining("at least one accepted answer");
  }

  private static JudgeCase asked(String candidate, String... accepted) {
    return new JudgeCase("Which city?", Optional.empty(), List.of(accepted), candidate);
  }

  /** Replies as it was told to, and counts words as tokens. */
  private static final class Scripted implements LanguageModel {

    private final List<String> replies = new ArrayList<>();
    private final List<GenerationRequest> asked = new ArrayList<>();
    private int batches;

    @Override
    public ModelIdentity identity() {
      return new ModelIdentity("scripted", "0", 2048, Optional.empty());
    }

    @Override
    public Set<EvidenceKind> evidence() {
      return Set.of();
    }

    @Override
    public String digest(Optional<String> adapter) {
      return "0";
    }

    @Override
    public List<Generation> generate(List<GenerationRequest> requests) {
      batches++;
      asked.addAll(requests);
      List<Generation> generations = new ArrayList<>();
      for (int i = 0; i < requests.size(); i++) {
        generations.add(new Generation(List.of(new Generation.Sequence(replies.removeFirst(), List.of(),
            Generation.Finish.END, false, Optional.empty(), Optional.empty(), 1)), 1, 0));
      }
      return generations;
    }

    @Override
    public List<Generation.Sequence> score(List<ContinuationRequest> requests) {
      throw new UnsupportedOperationException("a judge does not score");
    }

    @Override
    public int countTokens(String text) {
      return text.split("\\s+").length;
    }

    @Override
    public void close() {}
  }
}
