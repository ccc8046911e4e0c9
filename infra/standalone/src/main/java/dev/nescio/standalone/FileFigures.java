package dev.nescio.standalone;

import dev.nescio.metrics.AnswerabilityCounts;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.DelayHistogram;
import dev.nescio.metrics.LabelMetrics;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.NamedEstimate;
import dev.nescio.metrics.Observation;
import dev.nescio.producers.GradedLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The same summaries that the stream keeps, over lines of a file. Mutable. */
final class FileFigures {

  private final CalibrationSummary summary = new CalibrationSummary();
  private final DelayHistogram delays = new DelayHistogram();
  private long answerable;
  private long labelled;
  private long answerableIdk;
  private long unanswerable;
  private long unanswerableIdk;

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

  private static OptionalInt units(Optional<Double> probability) {
    return probability.isPresent() ? OptionalInt.of(Observation.units(probability.get())) : OptionalInt.empty();
  }
}
