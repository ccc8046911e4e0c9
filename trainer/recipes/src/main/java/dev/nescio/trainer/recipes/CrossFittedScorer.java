package dev.nescio.trainer.recipes;

import dev.nescio.answering.Ask;
import dev.nescio.answering.Prompts;
import dev.nescio.grading.Grader;
import dev.nescio.grading.NormalText;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scores each half of the items with a model that was briefly tuned on the other half, using the prompt that is used
 * live. So the form of an answer is known to the model that is asked, and its facts are not: what it gets wrong is
 * nearer to what the tuned model will get wrong than what the base model gets wrong after three examples.
 *
 * <p>Items whose questions are the same after normalisation are always in the same half.
 */
public final class CrossFittedScorer implements KnowledgeScorer {

  private static final List<String> FIRST_LINE = List.of("\n");

  private final LanguageModel model;
  private final Grader grader;
  private final ScoringConfig config;
  private final FoldTrainer trainer;

  /** @param config shots and triples are not used: the prompt has no examples */
  public CrossFittedScorer(LanguageModel model, Grader grader, ScoringConfig config, FoldTrainer trainer) {
    this.model = model;
    this.grader = grader;
    this.config = config;
    this.trainer = trainer;
  }

  @Override
  public KnowledgeProtocol protocol() {
    return KnowledgeProtocol.CROSS_FITTED;
  }

  /** @throws UncheckedIOException when an adapter of a fold cannot be made */
  @Override
  public List<KnowledgeScore> score(List<KnowledgeItem> items, ScoringProgress progress) {
    List<List<KnowledgeItem>> folds = folds(items);
    if (folds.getFirst().isEmpty() || folds.getLast().isEmpty()) {
      throw new IllegalArgumentException("cross-fitted scoring needs at least two different questions, there are "
          + items.size() + " items; use base-fewshot or a larger training split");
    }
    Map<String, KnowledgeScore> scores = new HashMap<>();
    int total = items.size() * config.samples();
    for (int fold = 0; fold < 2; fold++) {
      Optional<String> adapter = Optional.of(train(folds.get(1 - fold), 1 - fold));
      for (KnowledgeScore score
          : scoreFold(folds.get(fold), adapter, scores.size() * config.samples(), total, progress)) {
        scores.put(score.questionId(), score);
      }
    }
    return items.stream().map(item -> scores.get(item.questionId())).toList();
  }

  /** The two halves; by the seed and the normalised question, never by the order of the items. */
  List<List<KnowledgeItem>> folds(List<KnowledgeItem> items) {
    Comparator<String> bySeed = Comparator.comparingLong(text -> Seeds.of(config.seed(), text, 0));
    List<String> texts = items.stream().map(i -> NormalText.of(i.question())).distinct()
        .sorted(bySeed.thenComparing(Comparator.naturalOrder())).toList();
    Set<String> first = new HashSet<>(texts.subList(0, texts.size() / 2));
    List<KnowledgeItem> left = items.stream().filter(i -> first.contains(NormalText.of(i.question()))).toList();
    List<KnowledgeItem> right = items.stream().filter(i -> !first.contains(NormalText.of(i.question()))).toList();
    return List.of(left, right);
  }

  private String train(List<KnowledgeItem> fold, int index) {
    try {
      return trainer.train(fold, index);
    } catch (IOException e) {
      throw new UncheckedIOException("fold " + index + " of cross-fitted scoring: " + e.getMessage(), e);
    }
  }

  private List<KnowledgeScore> scoreFold(
      List<KnowledgeItem> fold, Optional<String> adapter, int base, int total, ScoringProgress progress) {
    List<SampleRunner.Work> work = new ArrayList<>();
    for (int place = 0; place < fold.size(); place++) {
      KnowledgeItem item = fold.get(place);
      String prompt = Prompts.render(Ask.zeroShot(item.question(), config.maxTokens(), adapter));
      GenerationRequest request = new GenerationRequest(
          prompt, "", config.samples(), config.sampling(), config.maxTokens(), FIRST_LINE,
          Seeds.of(config.seed(), item.questionId(), 0), adapter, 0);
      work.add(new SampleRunner.Work(item, place, request, List.of()));
    }
    work.sort(Comparator.comparing((SampleRunner.Work w) -> w.request().prompt().length())
        .thenComparing(w -> w.request().seed()));
    int prompts = Math.max(1, config.batch() / config.samples());
    List<List<GradedSample>> samples =
        new SampleRunner(model, grader, prompts).run(work, fold.size(), base, total, progress);
    String digest = model.digest(adapter);
    List<KnowledgeScore> scores = new ArrayList<>();
    for (int i = 0; i < fold.size(); i++) {
      scores.add(new KnowledgeScore(fold.get(i).questionId(), digest, protocol(), grader.name(), samples.get(i)));
    }
    return scores;
  }
}
