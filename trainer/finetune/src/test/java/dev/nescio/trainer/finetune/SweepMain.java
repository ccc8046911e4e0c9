package dev.nescio.trainer.finetune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.answering.Draft;
import dev.nescio.confidence.ConfidenceEstimator;
import dev.nescio.confidence.Estimators;
import dev.nescio.confidence.Score;
import dev.nescio.grading.Grader;
import dev.nescio.grading.Graders;
import dev.nescio.metrics.OutcomeCounts;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.hub.ModelSource;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.trainer.recipes.BaseFewshotScorer;
import dev.nescio.trainer.recipes.CrossFittedScorer;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.Dataset;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.KnowledgeScore;
import dev.nescio.trainer.recipes.Recipe;
import dev.nescio.trainer.recipes.Recipes;
import dev.nescio.trainer.recipes.ScoringConfig;
import dev.nescio.trainer.recipes.ScoringProgress;
import dev.nescio.trainer.recipes.Split;
import dev.nescio.trainer.recipes.SplitConfig;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Trains the real model with several settings on the demo's training split and prints what becomes of the calibration
 * questions; gate and report questions are never asked. Not part of the product.
 *
 * <p>Arguments: data file, work directory, seed, then variants such as
 * {@code kwt/base-fewshot/loraRate=5e-4/epochs=3}.
 */
public final class SweepMain {

  private static final int MAX_TOKENS = 24;
  private static final String SEQUENCE = "sequence-probability";

  private final Path work;
  private final long seed;
  private final Path base;
  private final LocalLanguageModel model;
  private final Grader grader = Graders.named("lenient");
  private final List<KnowledgeItem> training;
  private final List<KnowledgeItem> calibration;
  private final Map<String, List<KnowledgeScore>> scores = new HashMap<>();

  private SweepMain(Path data, Path work, long seed) throws IOException {
    this.work = work;
    this.seed = seed;
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "nescio");
    this.base = ModelSource.parse("default", ModelSource.HUB).resolve(cache);
    this.model = LocalLanguageModels.open(LocalModelConfig.of(base));
    DataSplit.Parts<KnowledgeItem> parts = new DataSplit(SplitConfig.demo("sweep-" + seed)).split(items(data));
    this.training = parts.get(Split.TRAINING);
    this.calibration = parts.get(Split.CALIBRATION);
  }

  public static void main(String[] arguments) throws IOException {
    SweepMain sweep = new SweepMain(Path.of(arguments[0]), Path.of(arguments[1]), Long.parseLong(arguments[2]));
    System.out.printf("%d training, %d calibration questions, seed %d%n",
        sweep.training.size(), sweep.calibration.size(), sweep.seed);
    sweep.report("base", Optional.empty(), "");
    for (int i = 3; i < arguments.length; i++) sweep.variant(arguments[i]);
    sweep.model.close();
  }

  private void variant(String variant) throws IOException {
    String[] parts = variant.split("/");
    Map<String, String> settings = new HashMap<>();
    for (int i = 2; i < parts.length; i++) settings.put(parts[i].split("=")[0], parts[i].split("=")[1]);
    settings.put("seed", Long.toString(seed));
    FineTuneConfig config = FineTuneConfig.of(settings);
    Recipe recipe = Recipes.named(parts[0]);
    FineTuneResult result = tune(config, examples(recipe, training, parts[1]));
    String adapter = model.loadAdapter(result.directory());
    report(variant, Optional.of(adapter), String.format(Locale.ROOT, "loss %.3f to %.3f, %.0f tok/s, %d s",
        result.firstEpochLoss(), result.lastEpochLoss(), result.tokensPerSecond(), result.took().toSeconds()));
    model.unloadAdapter(adapter);
  }

  private FineTuneResult tune(FineTuneConfig config, List<TrainingExample> examples) throws IOException {
    String name = FinishedRun.sha256(config.toMap() + Dataset.of(examples).digest()).substring(0, 16);
    return new FineTuner(base, new FineTuner.BaseName(model.identity().name(), model.identity().digest()), config,
        System::nanoTime).run(examples, work.resolve(name), FineTuneProgress.SILENT);
  }

  private List<TrainingExample> examples(Recipe recipe, List<KnowledgeItem> items, String protocol)
      throws IOException {
    Map<String, KnowledgeScore> byId = new HashMap<>();
    if (recipe.needs() != Recipe.Knowledge.NONE) {
      String key = protocol + "-" + recipe.needs();
      if (!scores.containsKey(key)) scores.put(key, score(protocol, recipe));
      scores.get(key).forEach(score -> byId.put(score.questionId(), score));
    }
    List<TrainingExample> examples = new ArrayList<>();
    for (KnowledgeItem item : items) {
      if (recipe.prepare(item, Optional.ofNullable(byId.get(item.questionId()))) instanceof Recipe.Prepared p) {
        examples.add(p.example());
      }
    }
    return examples;
  }

  /** Scores are kept in the work directory, so that another call with the same seed need not sample again. */
  private List<KnowledgeScore> score(String protocol, Recipe recipe) throws IOException {
    Path pointer = work.resolve("scores-" + protocol + "-" + recipe.needs() + "-" + seed);
    if (Files.exists(pointer)) {
      return Dataset.read(work.resolve(Files.readString(pointer)), KnowledgeScore.class);
    }
    List<KnowledgeScore> made = sample(protocol, recipe);
    Files.writeString(pointer, Dataset.of(made).writeTo(work).getFileName().toString());
    return made;
  }

  private List<KnowledgeScore> sample(String protocol, Recipe recipe) {
    long start = System.nanoTime();
    ScoringConfig config = recipe.needs() == Recipe.Knowledge.GREEDY
        ? ScoringConfig.greedy(seed) : ScoringConfig.published(seed);
    List<KnowledgeScore> made = protocol.equals("base-fewshot")
        ? new BaseFewshotScorer(model, grader, config).score(training, ScoringProgress.SILENT)
        : new CrossFittedScorer(model, grader, config, this::fold).score(training, ScoringProgress.SILENT);
    int[] counts = new int[config.samples() + 1];
    made.forEach(score -> counts[score.correct()]++);
    System.out.printf("scores %s, %s: items by correct samples %s, %d s%n", protocol, recipe.needs(),
        Arrays.toString(counts), (System.nanoTime() - start) / 1_000_000_000L);
    return made;
  }

  private String fold(List<KnowledgeItem> items, int index) throws IOException {
    return model.loadAdapter(
        tune(FineTuneConfig.of(Map.of("seed", Long.toString(seed))), examples(Recipes.named("sft"), items, ""))
            .directory());
  }

  private void report(String name, Optional<String> adapter, String training) {
    long start = System.nanoTime();
    List<ConfidenceEstimator> estimators = List.of(Estimators.named(SEQUENCE));
    List<Draft> drafts = new Answerer(model, estimators).answer(
        calibration.stream().map(item -> Ask.zeroShot(item.question(), MAX_TOKENS, adapter)).toList());
    boolean[] correct = new boolean[drafts.size()];
    boolean[] idk = new boolean[drafts.size()];
    double[] pIdk = new double[drafts.size()];
    double[] doubt = new double[drafts.size()];
    for (int i = 0; i < correct.length; i++) {
      correct[i] = grader.correct(drafts.get(i).candidate(), calibration.get(i).answers());
      idk[i] = drafts.get(i).idkToken();
      pIdk[i] = drafts.get(i).pIdk().orElse(0.0);
      doubt[i] = drafts.get(i).scores().get(SEQUENCE) instanceof Score.Unbounded(double value) ? -value : 0;
    }
    long right = count(correct, true);
    System.out.printf(Locale.ROOT, "%s | acc %.3f | AUROC of wrong: p_idk %.3f, sequence %.3f | token %s | "
            + "p_idk at A-FPR .05 %s | sequence at A-FPR .05 %s | %s | answered in %d s%n",
        name, right / (double) correct.length, auroc(pIdk, correct), auroc(doubt, correct), flags(correct, idk),
        flags(correct, crossFitted(pIdk, correct)), flags(correct, crossFitted(doubt, correct)), training,
        (System.nanoTime() - start) / 1_000_000_000L);
  }

  /** Thresholds are fitted on one half and used on the other, so that they do not flatter themselves. */
  private static boolean[] crossFitted(double[] score, boolean[] correct) {
    boolean[] flagged = new boolean[score.length];
    for (int half = 0; half < 2; half++) {
      List<Double> known = new ArrayList<>();
      for (int i = 0; i < score.length; i++) if (i % 2 != half && correct[i]) known.add(score[i]);
      known.sort(null);
      int place = (int) Math.ceil((known.size() + 1) * .95);
      double tau = place > known.size() ? Double.POSITIVE_INFINITY : known.get(place - 1);
      for (int i = half; i < score.length; i += 2) flagged[i] = score[i] > tau;
    }
    return flagged;
  }

  private static String flags(boolean[] correct, boolean[] idk) {
    long[] n = new long[4];
    for (int i = 0; i < correct.length; i++) n[(idk[i] ? 0 : 2) + (correct[i] ? 0 : 1)]++;
    OutcomeCounts counts = new OutcomeCounts(n[0], n[1], n[2], n[3]);
    ToDoubleFunction<long[]> share = pair -> pair[1] == 0 ? Double.NaN : pair[0] / (double) pair[1];
    return String.format(Locale.ROOT, "[%d %d %d %d] A-FPR %.3f P %.2f R %.2f nAUPC %.1f (%.3f of ceiling)",
        n[0], n[1], n[2], n[3], share.applyAsDouble(new long[] {n[0], n[0] + n[2]}),
        share.applyAsDouble(new long[] {n[1], n[0] + n[1]}), share.applyAsDouble(new long[] {n[1], n[1] + n[3]}),
        counts.naupc().orElse(Double.NaN), counts.naupcOverCeiling().orElse(Double.NaN));
  }

  private static double auroc(double[] score, boolean[] correct) {
    double wins = 0;
    long pairs = 0;
    for (int i = 0; i < score.length; i++) {
      for (int j = 0; j < score.length; j++) {
        if (correct[i] || !correct[j]) continue;
        pairs++;
        wins += score[i] > score[j] ? 1 : score[i] == score[j] ? .5 : 0;
      }
    }
    return pairs == 0 ? Double.NaN : wins / pairs;
  }

  private static long count(boolean[] values, boolean wanted) {
    long n = 0;
    for (boolean value : values) if (value == wanted) n++;
    return n;
  }

  private static List<KnowledgeItem> items(Path data) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    List<KnowledgeItem> items = new ArrayList<>();
    for (String line : Files.readAllLines(data)) {
      JsonNode json = mapper.readTree(line);
      List<String> answers = new ArrayList<>();
      json.get("answers").forEach(answer -> answers.add(answer.asText()));
      items.add(new KnowledgeItem(json.get("id").asText(), json.get("question").asText(), answers,
          Optional.ofNullable(json.path("relation").textValue())));
    }
    return items;
  }
}
