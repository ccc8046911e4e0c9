package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.grading.LenientGrader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CrossFittedScorerTest {

  private static final ScoringConfig CONFIG = ScoringConfig.published(3);

  private final Map<String, List<String>> trainedOn = new HashMap<>();

  private String remember(List<KnowledgeItem> fold, int index) {
    trainedOn.put("fold" + index, fold.stream().map(KnowledgeItem::questionId).toList());
    return "fold" + index;
  }

  @Test
  void neverAsksAModelThatWasTrainedOnTheItem() {
    List<KnowledgeItem> items = Items.items(21);
    ScriptedModel model = new ScriptedModel((request, i) -> i < 2 ? " City1" : " no");
    List<KnowledgeScore> scores =
        new CrossFittedScorer(model, new LenientGrader(), CONFIG, this::remember).score(items, ScoringProgress.SILENT);
    assertThat(scores).extracting(KnowledgeScore::questionId)
        .isEqualTo(items.stream().map(KnowledgeItem::questionId).toList());
    assertThat(scores).allSatisfy(score -> {
      String adapter = score.modelDigest().substring("d0+".length());
      assertThat(trainedOn.get(adapter)).doesNotContain(score.questionId());
      assertThat(score.sampleCount()).isEqualTo(5);
      assertThat(score.protocol()).isEqualTo(KnowledgeProtocol.CROSS_FITTED);
    });
    assertThat(scores.get(1).correct()).isEqualTo(2);
    assertThat(trainedOn.get("fold0").size() + trainedOn.get("fold1").size()).isEqualTo(21);
    assertThat(trainedOn.get("fold0")).hasSize(10);
  }

  @Test
  void asksWithThePromptThatIsUsedLive() {
    ScriptedModel model = new ScriptedModel((request, i) -> " no");
    new CrossFittedScorer(model, new LenientGrader(), CONFIG, this::remember)
        .score(Items.items(6), ScoringProgress.SILENT);
    assertThat(model.requests).hasSize(6).allSatisfy(request -> {
      assertThat(request.prompt()).matches("Question: What is the capital of country \\d\\?\n\nAnswer:");
      assertThat(request.samples()).isEqualTo(5);
      assertThat(request.stop()).containsExactly("\n");
      assertThat(request.adapter()).isPresent();
    });
  }

  @Test
  void foldsByTextAndSeedAndNotByOrder() {
    CrossFittedScorer scorer =
        new CrossFittedScorer(new ScriptedModel((r, i) -> ""), new LenientGrader(), CONFIG, this::remember);
    List<KnowledgeItem> items = new ArrayList<>(Items.items(10));
    items.add(new KnowledgeItem("twin", "capital of country 4: what is it", List.of("x"), Optional.empty()));
    items.add(new KnowledgeItem("twin4", "What is the  capital of country 4", List.of("x"), Optional.empty()));
    List<KnowledgeItem> reversed = new ArrayList<>(items);
    Collections.reverse(reversed);
    List<KnowledgeItem> fold = scorer.folds(items).getFirst();
    assertThat(scorer.folds(reversed).getFirst()).containsExactlyInAnyOrderElementsOf(fold);
    assertThat(fold.contains(items.get(4))).isEqualTo(fold.contains(items.getLast()));
  }

  @Test
  void tellsHowFarItIsOverBothFolds() {
    List<Integer> heard = new ArrayList<>();
    new CrossFittedScorer(new ScriptedModel((r, i) -> ""), new LenientGrader(), CONFIG, this::remember)
        .score(Items.items(10), (done, total) -> {
          assertThat(total).isEqualTo(50);
          heard.add(done);
        });
    assertThat(heard).isSorted().endsWith(50);
  }

  @Test
  void namesTheFoldThatCouldNotBeTrained() {
    CrossFittedScorer scorer = new CrossFittedScorer(
        new ScriptedModel((r, i) -> ""), new LenientGrader(), CONFIG, (fold, index) -> {
          throw new IOException("no space left");
        });
    assertThatThrownBy(() -> scorer.score(Items.items(4), ScoringProgress.SILENT))
        .isInstanceOf(UncheckedIOException.class).hasMessageContaining("fold 1").hasMessageContaining("no space left");
    assertThatThrownBy(() -> scorer.score(Items.items(1), ScoringProgress.SILENT))
        .hasMessageContaining("at least two different questions");
  }
}
