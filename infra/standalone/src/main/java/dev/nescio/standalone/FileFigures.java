package dev.nescio.standalone;

import dev.nescio.metrics.AnswerabilityCounts;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.DelayHistogram;
import dev.nescio.metrics.LabelMetrics;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.NamedEstimate;
import dev.nescio.metrics.Observation;
import dev.nescio.producers.GradedLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The same summaries that the stream keeps, over lines of a file. Mutable. */
final class FileFigures {

  private static final Set<String> OF_DECISIONS = Set.of(MetricNames.A_FPR, MetricNames.IDK_PRECISION,
      MetricNames.IDK_RECALL, MetricNames.IDK_F1, MetricNames.NAUPC, MetricNames.NAUPC_OVER_CEILING, "ca_accuracy",
      "ua_accuracy", MetricNames.ACCURACY, "answered_" + MetricNames.ACCURACY);

  private final CalibrationSummary summary = new CalibrationSummary();
  private final DelayHistogram delays = new DelayHistogram();
  private long answerable;
  private long labelled;
  private long answerableIdk;
  private long unanswerable;
  private long unanswerableIdk;
  private long confidences;
  private long pIdks;
  private long audited;

  void add(GradedLine line) {
    if (!line.answerable()) {
      unanswerable++;
      if (line.idk()) unanswerableIdk++;
      return;
    }
    answerable++;
    if (line.idk()) answerableIdk++;
    line.correct().ifPresent(correct -> {
      labelled++;
      if (line.confidence().isPresent()) confidences++;
      if (line.pIdk().isPresent()) pIdks++;
      if (line.audited()) audited++;
      summary.add(new Observation(
          units(line.confidence()), units(line.pIdk()), correct, line.idk(), line.audited()));
      line.delaySeconds().ifPresent(seconds -> delays.add((long) (seconds * 1000)));
    });
  }

  /** Lines. */
  long answers() {
    return answerable + unanswerable;
  }

  long labelled() {
    return labelled;
  }

  long unanswerable() {
    return unanswerable;
  }

  /** Every metric under its name, the headline first. */
  List<NamedEstimate> all(String grader) {
    List<NamedEstimate> all = new ArrayList<>();
    Metrics.all(grader).forEach(metric ->
        all.add(new NamedEstimate(metric.name(), metric.direction(), metric.of(summary))));
    all.addAll(LabelMetrics.of(answerable, labelled, delays));
    all.addAll(
        new AnswerabilityCounts(answerable, answerableIdk, unanswerable, unanswerableIdk).metrics());
    return List.copyOf(all);
  }

  /** Why a metric of this name has no value here, in words that say what to write. */
  String reason(String name) {
    String metric = name.replaceAll(":.*", "");
    if (metric.equals(AnswerabilityCounts.IDK_SCORE) || metric.equals(AnswerabilityCounts.IDK_RATE_UNANSWERABLE)) {
      if (unanswerable == 0) return "no line has \"answerable\": false";
    }
    if (labelled == 0) return "no line has a verdict";
    if (metric.startsWith("label_delay")) return "no labelled line has \"delaySeconds\"";
    if (metric.endsWith("_audit") && audited == 0) return "no labelled line has \"audited\": true";
    if (metric.contains("p_idk") && pIdks == 0) return "no labelled line has \"pIdk\"";
    if (confidences == 0 && !OF_DECISIONS.contains(metric)) return "no labelled line has \"confidence\"";
    return "what it divides by does not occur: answers of both verdicts, or flagged ones";
  }

  private static OptionalInt units(Optional<Double> probability) {
    return probability.isPresent() ? OptionalInt.of(Observation.units(probability.get())) : OptionalInt.empty();
  }
}
