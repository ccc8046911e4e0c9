package dev.nescio.trainer.service;

import dev.nescio.grading.Grader;
import dev.nescio.grading.Graders;
import dev.nescio.language.AdaptableModel;
import dev.nescio.trainer.recipes.BaseFewshotScorer;
import dev.nescio.trainer.recipes.CrossFittedScorer;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.KnowledgeProtocol;
import dev.nescio.trainer.recipes.KnowledgeScore;
import dev.nescio.trainer.recipes.KnowledgeScorer;
import dev.nescio.trainer.recipes.Recipe;
import dev.nescio.trainer.recipes.Recipes;
import dev.nescio.trainer.recipes.ScoringConfig;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Scores what a model knows, and keeps the scores in the artifact store: a night that is started again, or repeated
 * with the same data, model and settings, reads them instead of asking for hours.
 *
 * <p>Scores never come from a model that was trained on the item: the base has seen none, and a fold's adapter scores
 * only the other fold.
 */
final class KnowledgeStep {

  private final NightConfig config;
  private final AdaptableModel model;
  private final Tuner tuner;
  private final Path artifacts;

  KnowledgeStep(NightConfig config, AdaptableModel model, Tuner tuner, Path artifacts) {
    this.config = config;
    this.model = model;
    this.tuner = tuner;
    this.artifacts = artifacts;
  }

  /**
   * @param scores one an item; empty when the recipe needs none
   * @param reused true when they were read from the store
   */
  record Scored(List<KnowledgeScore> scores, boolean reused) {}

  /** All that scores depend on. */
  private record Asked(
      String dataset, String base, String protocol, String grader, ScoringConfig scoring, Map<String, String> tuning) {}

  /** What the adapter of a fold depends on, besides the base. */
  private record Fold(String examples, long seed, String base, Map<String, String> tuning) {}

  /**
   * @param dataset the items as they were kept
   * @throws IOException             when the store cannot be read or written
   * @throws NightCancelledException when the thread was interrupted
   */
  Scored score(Recipe recipe, Dataset dataset, List<KnowledgeItem> items, StepClock steps) throws IOException {
    if (recipe.needs() == Recipe.Knowledge.NONE) return new Scored(List.of(), false);
    ScoringConfig scoring = scoring(recipe);
    boolean crossFitted = config.protocol() == KnowledgeProtocol.CROSS_FITTED;
    String key =
        Digests.of(
            new Asked(
                dataset.digest(), model.identity().digest(), config.protocol().id(), config.grader(), scoring,
                crossFitted ? tuner.hyperParameters() : Map.of()));
    Path kept = artifacts.resolve("knowledge").resolve(key);
    Optional<Path> file = only(kept);
    if (file.isPresent()) return new Scored(Dataset.read(file.get(), KnowledgeScore.class), true);
    List<KnowledgeScore> scores = ask(crossFitted, scoring, items, steps);
    Dataset.of(scores).writeTo(kept);
    // Of the answer spans; what was generated behind a span and cut off is not counted.
    scores.stream().flatMap(score -> score.samples().stream())
        .forEach(sample -> steps.generated(sample.text().isEmpty() ? 0 : model.countTokens(sample.text())));
    return new Scored(scores, false);
  }

  private List<KnowledgeScore> ask(
      boolean crossFitted, ScoringConfig scoring, List<KnowledgeItem> items, StepClock steps) {
    Grader grader = Graders.named(config.grader());
    List<String> folds = new ArrayList<>();
    KnowledgeScorer scorer =
        crossFitted
            ? new CrossFittedScorer(
                model, grader, scoring,
                (fold, index) -> {
                  String adapter = train(fold);
                  folds.add(adapter);
                  return adapter;
                })
            : new BaseFewshotScorer(model, grader, scoring);
    try {
      return scorer.score(
          items,
          (done, total) -> {
            if (Thread.currentThread().isInterrupted()) throw new NightCancelledException();
            steps.counted(done, total, "samples");
          });
    } finally {
      folds.forEach(model::unloadAdapter);
    }
  }

  private ScoringConfig scoring(Recipe recipe) {
    if (recipe.needs() == Recipe.Knowledge.GREEDY) return ScoringConfig.greedy(config.seed());
    ScoringConfig published = ScoringConfig.published(config.seed());
    return new ScoringConfig(
        config.samples(), published.shots(), published.triples(), published.sampling(), published.maxTokens(),
        published.batch(), published.seed());
  }

  /** Plain fine-tuning on one half, so that the other half is scored by a model near the one that will answer. */
  private String train(List<KnowledgeItem> fold) throws IOException {
    Recipe sft = Recipes.named("sft");
    List<TrainingExample> examples = new ArrayList<>();
    for (KnowledgeItem item : fold) {
      if (sft.prepare(item, Optional.empty()) instanceof Recipe.Prepared p) examples.add(p.example());
    }
    String name =
        Digests.of(
            new Fold(
                Dataset.of(examples).digest(), config.seed(), model.identity().digest(), tuner.hyperParameters()));
    Path directory = artifacts.resolve("folds").resolve(name.substring(0, 24));
    return model.loadAdapter(
        tuner.tune(examples, directory, config.seed(), (step, all, loss, rate, left) -> { }).adapter());
  }

  private static Optional<Path> only(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) return Optional.empty();
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().findFirst();
    }
  }
}
