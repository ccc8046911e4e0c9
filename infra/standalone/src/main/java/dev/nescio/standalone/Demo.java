package dev.nescio.standalone;

import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.confidence.Estimators;
import dev.nescio.confidence.Score;
import dev.nescio.grading.Graders;
import dev.nescio.language.AdaptableModel;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.RawScore;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.trainer.recipes.DataSplit;
import dev.nescio.trainer.recipes.KnowledgeItem;
import dev.nescio.trainer.recipes.Split;
import dev.nescio.trainer.service.FittedRow;
import dev.nescio.trainer.service.GradedAnswer;
import dev.nescio.trainer.service.NightConfig;
import dev.nescio.trainer.service.SplitAnswerer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * The main job from questions to a table: live traffic, one night of training, and the report questions through what
 * came of it.
 *
 * <p>Live traffic before the night is the calibration split. Report questions inform no choice. All that is shown was read
 * from the topics, except the two base rows, which are answered here by the same code that inference uses.
 */
final class Demo {

  private static final String CHAMPION = "champion";
  private static final String SHADOW = "shadow";
  private static final Duration LIVE_PATIENCE = Duration.ofMinutes(6);
  private static final Duration NIGHT_PATIENCE = Duration.ofMinutes(40);
  private static final Duration REPORT_PATIENCE = Duration.ofMinutes(10);
  private static final int SHOTS = 3;

  private final NescioSystem system;
  private final AdaptableModel model;
  private final NightConfig night;
  private final DataSplit.Parts<KnowledgeItem> parts;
  private final DemoTraffic traffic;
  private final LiveView view;
  private final Terminal terminal;
  private final long seed;
  private final DemoReport report;

  Demo(
      NescioSystem system, AdaptableModel model, NightConfig night, DataSplit.Parts<KnowledgeItem> parts,
      DemoTraffic traffic, LiveView view, Terminal terminal, long seed, DemoReport report) {
    this.system = system;
    this.model = model;
    this.night = night;
    this.parts = parts;
    this.traffic = traffic;
    this.view = view;
    this.terminal = terminal;
    this.seed = seed;
    this.report = report;
  }

  /** Runs it all; every figure goes to the terminal and into the report. */
  void run() {
    List<KnowledgeItem> calibration = parts.get(Split.CALIBRATION);
    List<KnowledgeItem> questions = parts.get(Split.REPORT);

    heading("Live traffic: the calibration questions through the base model");
    LiveFigures figures = new LiveFigures(system, view, terminal);
    report.timed(
        "live_traffic",
        () -> {
          traffic.publishReferences();
          traffic.ask(calibration, CHAMPION, "live");
          figures.followUntilLabelled(calibration.size(), LIVE_PATIENCE);
        });
    long liveTokens = answerTokens();
    report.generated("live_traffic", liveTokens);

    heading("One night of training");
    String requestId = traffic.requestNight(seed);
    NightFollower follower = new NightFollower(system, view, terminal, requestId);
    report.timed("night", () -> follower.follow(NIGHT_PATIENCE));
    ModelRelease release = follower.release();
    boolean promoted = release.getState() == ReleaseState.CHAMPION;
    report.night(follower.steps(), release);

    heading(
        promoted
            ? "Report questions through " + release.getVersion() + ", the new champion"
            : "Report questions through " + release.getVersion() + ", refused: as a marked shadow, for comparison only");
    report.timed(
        "report_questions_live",
        () -> {
          awaitSwap(release, promoted ? CHAMPION : SHADOW);
          traffic.ask(questions, promoted ? CHAMPION : SHADOW, "report");
          figures.followUntilLabelled(calibration.size() + questions.size(), REPORT_PATIENCE);
        });
    report.generated("report_questions_live", answerTokens() - liveTokens);

    heading("The same questions without training");
    List<ReportRow> rows = new ArrayList<>();
    report.timed("base_rows", () -> rows.addAll(baseRows(calibration, questions)));
    rows.add(candidateRow(questions, release));

    ClosingTable table = new ClosingTable(rows);
    heading("Closing table");
    table.lines().forEach(terminal::line);
    terminal.line("");
    terminal.line(
        "Part of an accuracy gain is learned answer form: the tuned model answers other questions of the same kind in the"
            + " expected words, which is not the same as knowing more facts.");
    terminal.line(
        promoted
            ? "Promoted: " + release.getGateReport().getReason()
            : "Not promoted: " + release.getGateReport().getReason());
    terminal.line("Adapter: " + system.artifacts().resolve(release.getLocation()).toAbsolutePath());
    report.table(table);
    report.accounting(figures.awaitClosedAccounting());
  }

  /** The champion or shadow answers from the moment inference has loaded it; questions before it would not count. */
  private void awaitSwap(ModelRelease release, String channel) {
    Await.until(
        Duration.ofMinutes(1), "inference to load " + release.getVersion(),
        () -> {
          system.requireWell();
          return system.answers(channel, release.getVersion());
        });
    terminal.line("  hot swap: " + release.getVersion() + " answers on channel " + channel);
  }

  private List<ReportRow> baseRows(List<KnowledgeItem> calibration, List<KnowledgeItem> questions) {
    SplitAnswerer answerer =
        new SplitAnswerer(
            new Answerer(model, List.of(Estimators.named(night.estimator()))), night.estimator(), Graders.all(),
            night.answerBatch());
    Function<KnowledgeItem, Ask> zeroShot =
        item -> Ask.zeroShot(item.question(), night.maxTokens(), Optional.empty());
    List<Ask.Exemplar> exemplars = exemplars();
    Function<KnowledgeItem, Ask> threeShot =
        item -> Ask.fewShot(item.question(), exemplars, night.maxTokens(), Optional.empty());
    // The base answered the calibration questions live, zero-shot; only the three-shot row needs its own.
    FittedRow zeroShotFit = fit(live(calibration, "base"));
    FittedRow threeShotFit = fit(answer(answerer, "three-shot, calibration", calibration, threeShot));
    return List.of(
        ReportRow.of(
            "base zero-shot", answer(answerer, "zero-shot, report", questions, zeroShot), zeroShotFit),
        ReportRow.of(
            "base three-shot", answer(answerer, "three-shot, report", questions, threeShot), threeShotFit));
  }

  /** The live answers of the released model, decided by the calibrator and threshold that the release came with. */
  private ReportRow candidateRow(List<KnowledgeItem> questions, ModelRelease release) {
    List<GradedAnswer> answers = live(questions, release.getVersion());
    if (answers.size() != questions.size()) {
      terminal.line("  %d of %d report questions have a usable answer".formatted(answers.size(), questions.size()));
    }
    FittedRow fit = ReleasedFit.of(release, night);
    return ReportRow.of("candidate", answers, fit);
  }

  private long answerTokens() {
    return view.answers().values().stream().mapToLong(answer -> answer.getUsage().getAnswerTokens()).sum();
  }

  private List<GradedAnswer> answer(
      SplitAnswerer answerer, String title, List<KnowledgeItem> items, Function<KnowledgeItem, Ask> ask) {
    long start = System.nanoTime();
    return answerer.answer(
        items, ask,
        done -> {
          Duration spent = Duration.ofNanos(System.nanoTime() - start);
          terminal.progress(title, done, items.size(), "answers", spent.multipliedBy(items.size() - done).dividedBy(done), "");
        });
  }

  private FittedRow fit(List<GradedAnswer> answers) {
    return FittedRow.fit(answers, night.grader(), night.policy(), night.minimumFit());
  }

  /** Answers of one model version as they came over the topic, graded as evaluation grades them. */
  private List<GradedAnswer> live(List<KnowledgeItem> items, String modelVersion) {
    SplitAnswerer grading =
        new SplitAnswerer(new Answerer(model, Estimators.all()), night.estimator(), Graders.all(), 1);
    Map<String, Answer> byItem = new HashMap<>();
    for (Answer answer : view.answers().values()) {
      if (answer.getModelVersion().equals(modelVersion) && answer.getDecision() != dev.nescio.schemas.Decision.ERROR) {
        byItem.put(dev.nescio.schemas.topics.Ids.questionIdOf(answer.getAnswerId()), answer);
      }
    }
    List<GradedAnswer> answers = new ArrayList<>();
    for (KnowledgeItem item : items) {
      Answer answer = byItem.get(item.questionId());
      if (answer == null) continue;
      answers.add(
          new GradedAnswer(
              item, answer.getCandidate(), score(answer.getScores().get(night.estimator())),
              answer.getPIdk() == null ? OptionalDouble.empty() : OptionalDouble.of(answer.getPIdk()),
              answer.getIdkToken(), grading.grades(item, answer.getCandidate()), answer.getUsage().getAnswerTokens()));
    }
    return answers;
  }

  private static Score score(RawScore raw) {
    return switch (raw.getKind()) {
      case PROBABILITY -> Score.probability(raw.getValue());
      case UNBOUNDED -> Score.unbounded(raw.getValue());
      case ABSTAINED -> Score.abstain(raw.getReason());
    };
  }

  /** Three training items, of three relations where there are that many. */
  private List<Ask.Exemplar> exemplars() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<KnowledgeItem> shuffled = new ArrayList<>(parts.get(Split.TRAINING));
    shuffled.sort(Comparator.comparing(KnowledgeItem::questionId));
    java.util.Collections.shuffle(shuffled, java.util.Random.from(random));
    Map<String, KnowledgeItem> byRelation = new java.util.LinkedHashMap<>();
    shuffled.forEach(item -> byRelation.putIfAbsent(item.relation().orElse(item.questionId()), item));
    List<KnowledgeItem> chosen = new ArrayList<>(byRelation.values());
    for (KnowledgeItem item : shuffled) if (!chosen.contains(item)) chosen.add(item);
    return chosen.stream().limit(SHOTS).map(item -> new Ask.Exemplar(item.question(), item.answer())).toList();
  }

  private void heading(String text) {
    terminal.line("");
    terminal.line("== " + text);
  }
}
