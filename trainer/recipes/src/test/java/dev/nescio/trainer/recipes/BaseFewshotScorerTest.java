package dev.nescio.trainer.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.grading.LenientGrader;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BaseFewshotScorerTest {

  private static final ScoringConfig CONFIG = ScoringConfig.published(7);

  private static String asked(GenerationRequest request) {
    String prompt = request.prompt();
    return prompt.substring(prompt.lastIndexOf("country ") + 8, prompt.lastIndexOf('?'));
  }

  private static BaseFewshotScorer scorer(ScriptedModel model, ScoringConfig config) {
    return new BaseFewshotScorer(model, new LenientGrader(), config);
  }

  @Test
  void asksWithThePublishedSettings() {
    ScriptedModel model = new ScriptedModel((request, i) -> " no");
    scorer(model, CONFIG).score(Items.items(20), ScoringProgress.SILENT);
    assertThat(model.requests).hasSize(100).allSatisfy(request -> {
      assertThat(request.sampling()).isEqualTo(new Sampling(0.7, 50, 1));
      assertThat(request.maxTokens()).isEqualTo(30);
      assertThat(request.stop()).containsExactly("\n\n");
      assertThat(request.adapter()).isEmpty();
      assertThat(request.prompt()).startsWith(request.sharedPrefix()).endsWith("\nAnswer:");
      assertThat(request.sharedPrefix().split("Question:")).hasSize(4);
    });
    assertThat(new HashSet<>(model.requests.stream().map(GenerationRequest::sharedPrefix).toList()))
        .as("a pool of 16 sets").hasSizeLessThanOrEqualTo(16);
  }

  @Test
  void drawsOtherExemplarsForEverySampleAndNeverTheQuestionItself() {
    ScriptedModel model = new ScriptedModel((request, i) -> " no");
    List<KnowledgeItem> items = Items.items(40);
    List<KnowledgeScore> scores = scorer(model, CONFIG).score(items, ScoringProgress.SILENT);
    for (KnowledgeScore score : scores) {
      assertThat(new HashSet<>(score.samples().stream().map(GradedSample::exemplars).toList())).hasSize(5);
      assertThat(score.samples()).allSatisfy(sample ->
          assertThat(sample.exemplars()).hasSize(3).doesNotHaveDuplicates().doesNotContain(score.questionId()));
    }
    assertThat(model.requests).allSatisfy(request ->
        assertThat(request.sharedPrefix()).doesNotContain("country " + asked(request) + "?"));
  }

  @Test
  void countsCorrectSamplesAndKeepsEmptyOnesInTheDenominator() {
    // The script knows the seeds' order only through state: correct, correct, empty, wrong, correct after a blank line.
    List<String> script = List.of(" City3\n\nQuestion: next", " It is City3.", "", " Paris", " Paris\n\nCity3");
    int[] next = {0};
    ScriptedModel model = new ScriptedModel((request, i) ->
        asked(request).equals("3") ? script.get(next[0]++) : " no");
    KnowledgeScore score = scorer(model, CONFIG).score(Items.items(8), ScoringProgress.SILENT).get(3);
    assertThat(score.questionId()).isEqualTo("q3");
    assertThat(score.sampleCount()).isEqualTo(5);
    assertThat(score.correct()).isEqualTo(2);
    assertThat(score.value()).isEqualTo(.4);
    assertThat(score.samples()).extracting(GradedSample::text)
        .containsExactlyInAnyOrder("City3", "It is City3.", "", "Paris", "Paris");
    assertThat(score.grader()).isEqualTo("lenient");
    assertThat(score.modelDigest()).isEqualTo("d0");
  }

  @Test
  void givesTheSameScoresForTheSameSeedWhateverTheOrderOfTheBatches() {
    List<KnowledgeItem> items = Items.items(30);
    ScriptedModel model = new ScriptedModel((request, i) ->
        new Random(request.seed()).nextBoolean() ? " City" + asked(request) : " no");
    ScoringConfig small = new ScoringConfig(5, 3, 16, new Sampling(0.7, 50, 1), 30, 7, 7);
    List<KnowledgeScore> once = scorer(model, CONFIG).score(items, ScoringProgress.SILENT);
    List<KnowledgeScore> again = scorer(model, small).score(items, ScoringProgress.SILENT);
    assertThat(again).extracting(KnowledgeScore::correct)
        .isEqualTo(once.stream().map(KnowledgeScore::correct).toList());
    assertThat(scorer(model, CONFIG).score(items, ScoringProgress.SILENT)).isEqualTo(once);
    assertThat(scorer(model, ScoringConfig.published(8)).score(items, ScoringProgress.SILENT)).isNotEqualTo(once);
  }

  @Test
  void sharesPrefixesInNeighbouringRequests() {
    ScriptedModel model = new ScriptedModel((request, i) -> " no");
    scorer(model, CONFIG).score(Items.items(60), ScoringProgress.SILENT);
    int changes = 0;
    for (int i = 1; i < model.requests.size(); i++) {
      if (!model.requests.get(i).sharedPrefix().equals(model.requests.get(i - 1).sharedPrefix())) changes++;
    }
    assertThat(changes).isLessThan(16);
    assertThat(model.batches).allMatch(size -> size <= CONFIG.batch());
  }

  @Test
  void tellsHowFarItIs() {
    List<String> heard = new ArrayList<>();
    scorer(new ScriptedModel((request, i) -> " no"), CONFIG)
        .score(Items.items(20), (done, total) -> heard.add(done + "/" + total));
    assertThat(heard).containsExactly("64/100", "100/100");
  }

  @Test
  void drawsFreshExemplarsWhenNoSetIsWithoutTheQuestion() {
    ScriptedModel model = new ScriptedModel((request, i) -> " no");
    List<KnowledgeScore> scores = scorer(model, CONFIG).score(Items.items(4), ScoringProgress.SILENT);
    assertThat(scores).allSatisfy(score -> assertThat(score.samples()).allSatisfy(sample ->
        assertThat(sample.exemplars()).doesNotContain(score.questionId())));
  }

  @Test
  void treatsAnotherSpellingOfTheQuestionAsTheQuestion() {
    List<KnowledgeItem> items = new ArrayList<>(Items.items(6));
    items.add(new KnowledgeItem("twin", "what is the CAPITAL of country 0", List.of("City0"),
        java.util.Optional.empty()));
    List<KnowledgeScore> scores = scorer(new ScriptedModel((request, i) -> " no"), CONFIG)
        .score(items, ScoringProgress.SILENT);
    assertThat(scores.getFirst().samples()).noneMatch(sample -> sample.exemplars().contains("twin"));
    assertThat(scores.getLast().samples()).noneMatch(sample -> sample.exemplars().contains("q0"));
  }

  @Test
  void saysSoWhenThereAreTooFewItemsForExemplars() {
    BaseFewshotScorer scorer = scorer(new ScriptedModel((request, i) -> " no"), CONFIG);
    assertThatThrownBy(() -> scorer.score(Items.items(2), ScoringProgress.SILENT))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("needs 3 other items");
    assertThat(scorer.score(Collections.emptyList(), ScoringProgress.SILENT)).isEmpty();
  }
}
