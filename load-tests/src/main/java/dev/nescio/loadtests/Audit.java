package dev.nescio.loadtests;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import dev.nescio.metrics.OutcomeCounts;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what evaluation shows with a batch computation from the answers and labels on the topics. Pure; only for topics
 * whose labels all come from the grader of evaluation.
 */
final class Audit {

  private static final String ANY = "*";
  private static final String ALL_TIME = "all";

  private final Map<String, Answer> answers = new LinkedHashMap<>();
  private final Map<String, Label> labels = new LinkedHashMap<>();
  private final List<String> differences = new ArrayList<>();
  private long snapshots;
  private long figures;

  private Audit() {}

  /** With all that is committed on the topics now. */
  static Result of(TopicReader topics) {
    return of(topics.all(Topics.ANSWERS), topics.all(Topics.LABELS), topics.latest(Topics.ACCOUNTING).values(),
        topics.latest(Topics.CALIBRATION).values());
  }

  /**
   * @param answers    every committed answer
   * @param labels     every committed label
   * @param accounts   the newest accounting of each partition
   * @param snapshots  the newest snapshot of each slice and window
   */
  static Result of(
      List<Answer> answers, List<Label> labels, Collection<Accounting> accounts,
      Collection<CalibrationSnapshot> snapshots) {
    Audit audit = new Audit();
    answers.forEach(answer -> audit.expectNew(audit.answers.put(answer.getAnswerId(), answer), "answered twice"));
    audit.fold(labels);
    audit.account(accounts, answers.size(), labels.size());
    snapshots.stream().filter(Audit::sumsUpEverything).forEach(audit::compare);
    if (audit.snapshots == 0) audit.differences.add("no snapshot of all time was published");
    return new Result(answers.size(), labels.size(), audit.snapshots, audit.figures, List.copyOf(audit.differences));
  }

  private void fold(List<Label> given) {
    Set<String> ids = new HashSet<>();
    for (Label label : given) {
      if (!ids.add(label.getLabelId())) differences.add("labelled twice: " + label.getLabelId());
      if (!answers.containsKey(label.getAnswerId())) differences.add("a label without answer: " + label.getAnswerId());
      labels.merge(label.getAnswerId(), label, (a, b) -> b.getRevision() >= a.getRevision() ? b : a);
    }
  }

  private void account(Collection<Accounting> accounts, long answerRecords, long labelRecords) {
    long answersRead = 0;
    long labelsRead = 0;
    for (Accounting accounting : accounts) {
      if (accounting.getPartition().equals(ANY)) continue;
      if (!accounting.getClosed()) differences.add("the accounting of partition " + accounting.getPartition() + " is open");
      answersRead += accounting.getAnswersRead() + accounting.getAnswerDuplicates();
      labelsRead += accounting.getLabelsRead();
    }
    expect("answers accounted for", answerRecords, answersRead);
    expect("labels accounted for", labelRecords, labelsRead);
  }

  private static boolean sumsUpEverything(CalibrationSnapshot s) {
    return s.getWindow().equals(ALL_TIME) && s.getTenant().equals(ANY) && s.getDomain().equals(ANY)
        && s.getPolicyVersion().equals(ANY);
  }

  private void compare(CalibrationSnapshot shown) {
    snapshots++;
    Map<String, Long> counts = new TreeMap<>();
    for (String name : List.of("answers", "labelled", "waiting", "errors", "ungradable", "idk", "answered")) {
      counts.put(name, 0L);
    }
    CalibrationSummary summary = new CalibrationSummary();
    for (Answer answer : answers.values()) {
      if (!answer.getModelVersion().equals(shown.getModelVersion())
          || !answer.getEstimator().equals(shown.getEstimator())) continue;
      Label label = labels.get(answer.getAnswerId());
      boolean failed = answer.getDecision() == Decision.ERROR;
      count(counts, "answers", true);
      count(counts, "errors", failed);
      count(counts, "idk", answer.getDecision() == Decision.IDK);
      count(counts, "answered", answer.getDecision() == Decision.ANSWER);
      count(counts, "labelled", label != null && !failed);
      count(counts, "waiting", label == null && !failed);
      count(counts, "ungradable", label != null && !failed && label.getCorrect() == null);
      if (label != null && !failed && label.getCorrect() != null) summary.add(observation(answer, label.getCorrect()));
    }
    OutcomeCounts outcomes = summary.outcomes();
    counts.put("idk_correct", outcomes.a());
    counts.put("idk_incorrect", outcomes.b());
    counts.put("answered_correct", outcomes.c());
    counts.put("answered_incorrect", outcomes.d());
    counts.put("correct", outcomes.a() + outcomes.c());
    counts.put("incorrect", outcomes.b() + outcomes.d());
    counts.forEach((name, batch) -> expect(name, batch, shown.getCounts().get(name)));
    Map<String, Double> values = new TreeMap<>();
    for (MetricValue value : shown.getMetrics()) values.put(value.getName(), value.getValue());
    for (Metric<CalibrationSummary> metric : Metrics.all(shown.getGrader())) {
      expect(metric.name(), metric.of(summary).map(Estimate::value).orElse(null), values.get(metric.name()));
    }
  }

  private static Observation observation(Answer answer, boolean correct) {
    return new Observation(units(answer.getConfidence()), units(answer.getPIdk()), correct,
        answer.getDecision() == Decision.IDK, answer.getAudited());
  }

  private static OptionalInt units(Double probability) {
    return probability == null ? OptionalInt.empty() : OptionalInt.of(Observation.units(probability));
  }

  private static void count(Map<String, Long> counts, String name, boolean holds) {
    if (holds) counts.merge(name, 1L, Long::sum);
  }

  private void expectNew(Answer before, String what) {
    if (before != null) differences.add(what + ": " + before.getAnswerId());
  }

  /** Equal bit for bit. */
  private void expect(String what, Object batch, Object shown) {
    figures++;
    if (!Objects.equals(batch, shown)) differences.add(what + ": " + batch + " in the batch, " + shown + " shown");
  }

  /**
   * What was compared.
   *
   * @param answers     answer records
   * @param labels      label records
   * @param snapshots   of all time and everything, one for each model and estimator
   * @param figures     counts and metrics compared, bit for bit
   * @param differences empty when all are equal
   */
  record Result(long answers, long labels, long snapshots, long figures, List<String> differences) {}
}
