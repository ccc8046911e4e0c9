package dev.nescio.trainer.service;

import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.answering.Prompts;
import dev.nescio.confidence.Estimators;
import dev.nescio.grading.Graders;
import dev.nescio.language.AdaptableModel;
import dev.nescio.schemas.GateReport;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.TrainingRequest;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.KnowledgeScore;
import dev.nescio.trainer.recipes.Recipe;
import dev.nescio.trainer.recipes.Recipes;
import dev.nescio.trainer.recipes.Split;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * One night: dataset, knowledge scores, weights and targets, fine-tuning, threshold, gate, release.
 *
 * <p>Knowledge is always scored with the base model, which was trained on none of the items. The calibration split fits
 * the calibrator and the threshold, the gate split decides; neither is ever trained on.
 */
public final class Night implements NightWork {

  private final NightConfig standard;
  private final AdaptableModel model;
  private final Tuner tuner;
  private final Path artifacts;
  private final Supplier<Map<String, Reference>> references;
  private final Supplier<Optional<ModelRelease>> champion;
  private final Clock clock;

  /**
   * @param standard   configuration that a request's overrides are applied to
   * @param model      the base model; adapters are loaded into it for scoring and for the gate
   * @param tuner      fine-tunes the same base
   * @param artifacts  store of datasets and adapters; locations of releases are relative to it
   * @param references references in force by questionId, read anew for every night
   * @param champion   release that answers now; empty for the base as loaded
   */
  public Night(
      NightConfig standard, AdaptableModel model, Tuner tuner, Path artifacts,
      Supplier<Map<String, Reference>> references, Supplier<Optional<ModelRelease>> champion, Clock clock) {
    this.standard = standard;
    this.model = model;
    this.tuner = tuner;
    this.artifacts = artifacts;
    this.references = references;
    this.champion = champion;
    this.clock = clock;
  }

  @Override
  public Result run(TrainingRequest request, NightListener listener) throws IOException {
    // 0 is what a request without a seed carries.
    long seed = request.getSeed() == 0 ? standard.seed() : request.getSeed();
    NightConfig config = standard.with(request.getOverrides(), seed);
    Tuner nightTuner = tuner.with(NightConfig.tuning(request.getOverrides()));
    StepClock steps = new StepClock(listener, clock);
    Recipe recipe = Recipes.named(config.recipe());

    steps.start(NightStep.DATASET, "reading the references");
    ReferenceItems source = ReferenceItems.of(references.get());
    DataSplit.Parts<KnowledgeItem> parts = new DataSplit(config.split()).split(source.items());
    List<KnowledgeItem> training = parts.get(Split.TRAINING);
    requireEnough(parts);
    Dataset dataset = Dataset.of(training);
    dataset.writeTo(artifacts.resolve("datasets"));
    steps.done(
        "dataset %s: %d training, %d calibration, %d gate questions; left out: %d without question, %d unanswerable"
            .formatted(
                dataset.digest().substring(0, 12), training.size(), parts.get(Split.CALIBRATION).size(),
                parts.get(Split.GATE).size(), source.withoutQuestion(), source.unanswerable()),
        Map.of("training_items", (double) training.size()));

    steps.start(NightStep.KNOWLEDGE, "asking the base model what it knows");
    KnowledgeStep.Scored known =
        new KnowledgeStep(config, model, nightTuner, artifacts).score(recipe, dataset, training, steps);
    List<KnowledgeScore> scores = known.scores();
    steps.done(
        histogram(scores, config.samples()) + (known.reused() ? "; kept from an earlier night" : ""),
        Map.of("scored_items", (double) scores.size()));

    steps.start(NightStep.WEIGHTS, "weights and targets of " + recipe.name());
    List<TrainingExample> examples = prepare(recipe, training, scores, steps);

    steps.start(NightStep.FINETUNE, "fine-tuning on " + examples.size() + " examples");
    // The name holds everything the weights depend on, so a restarted night finds its own checkpoint and no other.
    Dataset prepared = Dataset.of(examples);
    Run run =
        new Run(prepared.digest(), config.seed(), model.identity().digest(), nightTuner.hyperParameters());
    Path directory = artifacts.resolve("adapters").resolve(Digests.of(run).substring(0, 24));
    prepared.writeTo(artifacts.resolve("datasets"));
    Tuner.Tuned tuned =
        nightTuner.tune(
            examples, directory, config.seed(),
            (step, all, loss, tokensPerSecond, remaining) ->
                steps.running(
                    step, all, "steps", Optional.of(remaining),
                    "loss %.3f, %.0f tokens/s".formatted(loss, tokensPerSecond),
                    Map.of("loss_nats", loss, "tokens_per_second", tokensPerSecond)));
    String adapter = model.loadAdapter(tuned.adapter());
    try {
      steps.done(
          "adapter %s, mean loss %.3f, %.0f tokens/s"
              .formatted(adapter.substring(0, 12), tuned.meanLoss(), tuned.tokensPerSecond()),
          Map.of("loss_nats", tuned.meanLoss(), "tokens_per_second", tuned.tokensPerSecond()));
      return release(request, config, parts, dataset, run, recipe, tuned, adapter, scores, steps);
    } finally {
      model.unloadAdapter(adapter);
    }
  }

  private Result release(
      TrainingRequest request, NightConfig config, DataSplit.Parts<KnowledgeItem> parts, Dataset dataset, Run run,
      Recipe recipe, Tuner.Tuned tuned, String adapter, List<KnowledgeScore> scores, StepClock steps)
      throws IOException {
    Optional<ModelRelease> standing = champion.get();
    Optional<String> championAdapter = standing.isPresent() ? load(standing.get()) : Optional.empty();
    try {
      SplitAnswerer answerer =
          new SplitAnswerer(
              new Answerer(model, List.of(Estimators.named(config.estimator()))), config.estimator(),
              Graders.all(), config.answerBatch());
      Contender challenger = new Contender(answerer, config, Optional.of(adapter), steps);
      Contender holder = new Contender(answerer, config, championAdapter, steps);

      steps.start(NightStep.THRESHOLD, "fitting calibrator and <IDK> threshold on the calibration split");
      List<KnowledgeItem> calibration = parts.get(Split.CALIBRATION);
      FittedRow candidateFit = challenger.fit(calibration, n -> steps.counted(n, 2L * calibration.size(), "answers"));
      FittedRow championFit =
          holder.fit(calibration, n -> steps.counted(calibration.size() + n, 2L * calibration.size(), "answers"));
      steps.done(describe(candidateFit), Map.of());

      steps.start(NightStep.GATE, "candidate against champion on the gate split");
      List<KnowledgeItem> gate = parts.get(Split.GATE);
      List<GradedAnswer> ours = challenger.answer(gate, n -> steps.counted(n, 2L * gate.size(), "answers"));
      List<GradedAnswer> theirs =
          holder.answer(gate, n -> steps.counted(gate.size() + n, 2L * gate.size(), "answers"));
      GateReport report =
          new GateJudge(config)
              .judge(
                  ours, candidateFit, theirs, championFit, standing.map(ModelRelease::getVersion).orElse("base"));
      if (report.getPromoted()) {
        steps.done(report.getReason(), Map.of());
      } else {
        steps.refused(report.getReason(), Map.of());
      }

      steps.start(NightStep.RELEASE, "writing the release");
      ReleaseRecords records = new ReleaseRecords(config, model, artifacts, clock);
      List<ModelRelease> releases =
          records.of(request, dataset, recipe, run, tuned.adapter(), adapter, candidateFit, report);
      steps.done(
          report.getPromoted()
              ? "version " + releases.getFirst().getVersion() + " is the champion"
              : "version " + releases.getFirst().getVersion() + " stays a shadow; the champion stays",
          Map.of());
      return new Result(releases, records.knowledge(request, scores));
    } finally {
      championAdapter.ifPresent(model::unloadAdapter);
    }
  }

  /**
   * The adapter that a release names, loaded.
   *
   * @throws IOException when it belongs to another base, is not in the store, or is not what the release says
   */
  private Optional<String> load(ModelRelease release) throws IOException {
    if (!release.getBaseDigest().equals(model.identity().digest())) {
      throw new IOException(
          "the champion " + release.getVersion() + " belongs to another base model than the one loaded here, so the "
              + "candidate cannot be compared with it; start the trainer with that base, or roll the champion back");
    }
    if (release.getAdapterDigest() == null) return Optional.empty();
    Path store = artifacts.toAbsolutePath().normalize();
    Path location = store.resolve(release.getLocation()).normalize();
    if (!location.startsWith(store)) {
      throw new IOException(
          "the champion " + release.getVersion() + " lies outside the artifact store: " + release.getLocation());
    }
    String loaded = model.loadAdapter(location);
    if (!loaded.equals(release.getAdapterDigest())) {
      model.unloadAdapter(loaded);
      throw new IOException(
          location + " has changed since " + release.getVersion() + " was released: its digest is " + loaded
              + "; restore the directory, or roll the champion back");
    }
    return Optional.of(loaded);
  }

  private static List<TrainingExample> prepare(
      Recipe recipe, List<KnowledgeItem> items, List<KnowledgeScore> scores, StepClock steps) {
    Map<String, KnowledgeScore> byItem = new HashMap<>();
    scores.forEach(score -> byItem.put(score.questionId(), score));
    List<TrainingExample> examples = new ArrayList<>();
    Map<String, Integer> leftOut = new TreeMap<>();
    for (KnowledgeItem item : items) {
      switch (recipe.prepare(item, Optional.ofNullable(byItem.get(item.questionId())))) {
        case Recipe.Prepared p -> examples.add(p.example());
        case Recipe.LeftOut l -> leftOut.merge(l.reason(), 1, Integer::sum);
      }
    }
    long unknown = examples.stream().filter(TrainingExample::unknown).count();
    double weight = examples.stream().mapToDouble(TrainingExample::weight).sum();
    steps.done(
        "%d examples, %d with <IDK>, weights sum to %.1f%s"
            .formatted(examples.size(), unknown, weight, leftOut.isEmpty() ? "" : ", left out " + leftOut),
        Map.of("examples", (double) examples.size(), "idk_examples", (double) unknown));
    return examples;
  }

  private static void requireEnough(DataSplit.Parts<KnowledgeItem> parts) {
    for (Split split : List.of(Split.TRAINING, Split.CALIBRATION, Split.GATE)) {
      if (parts.get(split).size() < 4) {
        throw new IllegalArgumentException(
            "only %d questions fall into the %s split; publish more references that carry their question"
                .formatted(parts.get(split).size(), split.name().toLowerCase(Locale.ROOT)));
      }
    }
  }

  private static String histogram(List<KnowledgeScore> scores, int samples) {
    int[] counts = new int[samples + 1];
    for (KnowledgeScore score : scores) counts[Math.min(samples, score.correct())]++;
    StringBuilder text = new StringBuilder("items by correct samples");
    for (int i = 0; i <= samples; i++) text.append(i == 0 ? ": " : ", ").append(i).append(" -> ").append(counts[i]);
    return text.toString();
  }

  private static String describe(FittedRow fit) {
    String map =
        fit.map()
            .map(m -> m.map().method() + " map on %d answers (%d correct)".formatted(m.n(), m.correct()))
            .orElse(fit.whyNoMap());
    String threshold =
        fit.threshold().map(t -> "%s above %.4f is <IDK>".formatted(t.score().label(), t.tau()))
            .orElse("too few correct answers for a threshold, so only the token decides");
    return map + "; " + threshold;
  }

  /**
   * What an adapter depends on.
   *
   * @param examples digest of the prepared examples
   * @param base     digest of the base model
   * @param tuning   hyper-parameters by name
   */
  record Run(String examples, long seed, String base, Map<String, String> tuning) {}

  /** A model that answers zero-shot, as live inference does. */
  private record Contender(
      SplitAnswerer answerer, NightConfig config, Optional<String> adapter, StepClock steps) {

    List<GradedAnswer> answer(List<KnowledgeItem> items, IntConsumer progress) {
      List<GradedAnswer> answers = answerer.answer(
          items, item -> Ask.zeroShot(item.question(), config.maxTokens(), adapter), progress);
      steps.generated(answers.stream().mapToLong(GradedAnswer::tokens).sum());
      return answers;
    }

    FittedRow fit(List<KnowledgeItem> calibration, IntConsumer progress) {
      return FittedRow.fit(answer(calibration, progress), config.grader(), config.policy(), config.minimumFit());
    }
  }

  static String promptTemplate() {
    return Prompts.ZERO_SHOT;
  }
}
