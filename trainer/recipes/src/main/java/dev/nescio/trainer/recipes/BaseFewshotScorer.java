package dev.nescio.trainer.recipes;

import dev.nescio.answering.Ask;
import dev.nescio.answering.Ask.Exemplar;
import dev.nescio.answering.Prompts;
import dev.nescio.grading.Grader;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Scores the base model after solved examples, drawn anew for every sample from the same split and never the question
 * itself.
 *
 * <p>Source: Lee et al. 2026 (KWT, arXiv 2604.05779), section 3.1 and the released code. Ours: the examples come from a
 * pool of {@link ScoringConfig#triples} sets, so that most of the prefill is paid once.
 */
public final class BaseFewshotScorer implements KnowledgeScorer {

  private static final List<String> BLANK_LINE = List.of("\n\n");

  private final LanguageModel model;
  private final Grader grader;
  private final ScoringConfig config;

  public BaseFewshotScorer(LanguageModel model, Grader grader, ScoringConfig config) {
    this.model = model;
    this.grader = grader;
    this.config = config;
  }

  @Override
  public KnowledgeProtocol protocol() {
    return KnowledgeProtocol.BASE_FEWSHOT;
  }

  @Override
  public List<KnowledgeScore> score(List<KnowledgeItem> items, ScoringProgress progress) {
    if (items.isEmpty()) return List.of();
    List<SampleRunner.Work> work = new ArrayList<>();
    ExemplarPool pool = new ExemplarPool(items, config.shots(), config.triples(), config.seed());
    for (int place = 0; place < items.size(); place++) work.addAll(samplesOf(items.get(place), place, pool));
    // Neighbours share their examples and have like lengths: one prefill, little padding.
    work.sort(Comparator.comparing((SampleRunner.Work w) -> w.request().sharedPrefix())
        .thenComparing(w -> w.request().prompt().length())
        .thenComparing(w -> w.request().seed()));
    List<List<GradedSample>> samples = new SampleRunner(model, grader, config.batch())
        .run(work, items.size(), 0, work.size(), progress);
    String digest = model.digest(Optional.empty());
    List<KnowledgeScore> scores = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      scores.add(new KnowledgeScore(items.get(i).questionId(), digest, protocol(), grader.name(), samples.get(i)));
    }
    return scores;
  }

  private List<SampleRunner.Work> samplesOf(KnowledgeItem item, int place, ExemplarPool pool) {
    Random random = new Random(Seeds.of(config.seed(), item.questionId(), -1));
    List<SampleRunner.Work> work = new ArrayList<>();
    int sample = 0;
    for (List<KnowledgeItem> set : pool.setsFor(item, config.samples(), random)) {
      List<Exemplar> exemplars = set.stream().map(e -> new Exemplar(e.question(), e.answer())).toList();
      Ask ask = Ask.fewShot(item.question(), exemplars, config.maxTokens(), Optional.empty());
      long seed = Seeds.of(config.seed(), item.questionId(), sample++);
      GenerationRequest request = new GenerationRequest(
          Prompts.render(ask), Prompts.prefix(exemplars), 1, config.sampling(), config.maxTokens(), BLANK_LINE, seed,
          Optional.empty(), 0);
      work.add(new SampleRunner.Work(item, place, request, set.stream().map(KnowledgeItem::questionId).toList()));
    }
    return work;
  }
}
