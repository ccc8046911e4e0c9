package dev.nescio.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.MetricValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The slow, obvious answer: given everything that ever came, with the order of the partition, what counts and where is
 * each record. Shares no code with the join beyond the fact records.
 */
final class BatchOracle {

  /** One verdict on one answer; {@code label} is null without one in force. */
  record Verdict(AnswerFacts answer, LabelFacts label) {
    boolean observed() {
      return answer.decision() != Decision.ERROR && label != null && label.correct() != null;
    }
  }

  private final Map<String, Verdict> verdicts = new LinkedHashMap<>();
  private final Map<String, Long> labelClasses = new TreeMap<>();
  private final Map<String, Long> answerClasses = new TreeMap<>();

  BatchOracle(List<AnswerFacts> answers, List<LabelFacts> labels, long horizonMicros) {
    Map<String, AnswerFacts> distinct = new LinkedHashMap<>();
    answers.forEach(answer -> distinct.putIfAbsent(answer.answerId(), answer));
    List<LabelFacts> first = new ArrayList<>();
    Set<Long> ids = new HashSet<>();
    for (LabelFacts label : labels) {
      if (ids.add(label.id())) first.add(label);
      else count(labelClasses, "duplicate");
    }
    for (LabelFacts label : first) {
      AnswerFacts answer = distinct.get(label.answerId());
      if (answer == null) count(labelClasses, "waiting");
      else if (label.labelledAt() - answer.answeredAt() > horizonMicros) count(labelClasses, "late");
    }
    for (AnswerFacts answer : distinct.values()) {
      judge(answer, first.stream().filter(label -> label.answerId().equals(answer.answerId())
          && label.labelledAt() - answer.answeredAt() <= horizonMicros).toList());
    }
  }

  List<Verdict> verdicts() {
    return List.copyOf(verdicts.values());
  }

  Map<String, Long> labelClasses() {
    return labelClasses;
  }

  Map<String, Long> answerClasses() {
    return answerClasses;
  }

  /** Every metric and count of the record, over the time that the record itself names. */
  void assertShown(CalibrationSnapshot snapshot) {
    CalibrationSummary summary = new CalibrationSummary();
    long answers = 0;
    for (Verdict verdict : verdicts()) {
      AnswerFacts answer = verdict.answer();
      if (!inSlice(answer, snapshot) || !inWindow(answer, snapshot)) continue;
      answers++;
      if (verdict.observed()) summary.add(answer.observation(verdict.label().correct()));
    }
    assertThat(snapshot.getCounts()).as(snapshot.getWindow()).containsEntry("answers", answers);
    assertPlainFigures(snapshot);
    List<Metric<CalibrationSummary>> metrics = Metrics.all(snapshot.getGrader());
    for (int i = 0; i < metrics.size(); i++) {
      MetricValue value = snapshot.getMetrics().get(i);
      assertThat(value.getName()).isEqualTo(metrics.get(i).name());
      assertThat(value.getValue()).as(value.getName())
          .isEqualTo(metrics.get(i).of(summary).map(Estimate::value).orElse(null));
      assertThat(value.getReason() == null).isEqualTo(value.getValue() != null);
    }
  }

  /** Accuracy and Brier score by their definitions, without any summary. */
  private void assertPlainFigures(CalibrationSnapshot snapshot) {
    List<Verdict> observed = verdicts().stream().filter(Verdict::observed)
        .filter(verdict -> inSlice(verdict.answer(), snapshot) && inWindow(verdict.answer(), snapshot)).toList();
    DoubleSummaryStatistics right = observed.stream().mapToDouble(v -> v.label().correct() ? 1 : 0)
        .summaryStatistics();
    DoubleSummaryStatistics brier = observed.stream().filter(v -> v.answer().confidence().isPresent())
        .mapToDouble(v -> Math.pow(v.answer().confidence().getAsInt() / 1e9 - (v.label().correct() ? 1 : 0), 2))
        .summaryStatistics();
    assertFigure(snapshot, "accuracy:", right);
    assertFigure(snapshot, "brier:", brier);
  }

  private static void assertFigure(CalibrationSnapshot snapshot, String name, DoubleSummaryStatistics expected) {
    MetricValue value = TestPipe.metric(snapshot, name);
    assertThat(value.getValue() == null).as("%s is undefined over %s", name, expected)
        .isEqualTo(expected.getCount() == 0);
    if (value.getValue() != null) assertThat(value.getValue()).isCloseTo(expected.getAverage(), within(1e-9));
  }

  private static boolean inSlice(AnswerFacts answer, CalibrationSnapshot s) {
    Origin o = answer.origin();
    return in(o.tenant(), s.getTenant()) && in(o.domain(), s.getDomain()) && in(o.modelVersion(), s.getModelVersion())
        && in(o.policyVersion(), s.getPolicyVersion()) && in(o.estimator(), s.getEstimator());
  }

  private static boolean in(String value, String slice) {
    return slice.equals("*") || slice.equals(value);
  }

  private static boolean inWindow(AnswerFacts answer, CalibrationSnapshot s) {
    return s.getWindowStart() == null || (answer.answeredAt() >= AnswerFacts.micros(s.getWindowStart())
        && answer.answeredAt() < AnswerFacts.micros(s.getWindowEnd()));
  }

  private void judge(AnswerFacts answer, List<LabelFacts> labels) {
    LabelFacts inForce = null;
    for (String source : List.of("PERSON", "JUDGE", "GRADER", "SIGNAL")) {
      List<LabelFacts> said = labels.stream().filter(label -> label.source() == LabelSource.valueOf(source))
          .sorted(Comparator.<LabelFacts>comparingLong(l -> l.revision()).thenComparing(l -> l.labelledAt())
              .thenComparing(l -> l.offset())).toList();
      if (said.isEmpty()) continue;
      LabelFacts last = said.getLast();
      if (inForce == null && !last.retract()) inForce = last;
      for (LabelFacts label : said) {
        if (label.retract()) count(labelClasses, "retraction");
        else if (label == inForce) count(labelClasses, "joined");
        else count(labelClasses, last.retract() ? "retracted" : "superseded");
      }
    }
    verdicts.put(answer.answerId(), new Verdict(answer, inForce));
    count(answerClasses, answer.decision() == Decision.ERROR ? "error" : inForce == null ? "waiting" : "labelled");
  }

  private static void count(Map<String, Long> classes, String name) {
    classes.merge(name, 1L, Long::sum);
  }
}
