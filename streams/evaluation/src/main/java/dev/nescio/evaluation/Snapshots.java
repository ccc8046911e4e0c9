package dev.nescio.evaluation;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Direction;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.LabelMetrics;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.MetricNames;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.NamedEstimate;
import dev.nescio.metrics.OutcomeCounts;
import dev.nescio.metrics.ReliabilityDiagram;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ReliabilityBin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns the sums of a window into the record that is shown: every metric of the list, defined or with the reason why
 * not.
 */
final class Snapshots {

  private static final List<String> OUTCOME_METRICS = List.of(
      MetricNames.A_FPR, MetricNames.IDK_PRECISION, MetricNames.IDK_RECALL, MetricNames.IDK_F1, MetricNames.IDK_RATE,
      MetricNames.COVERAGE, MetricNames.NAUPC, MetricNames.NAUPC_OVER_CEILING, MetricNames.ACCURACY,
      "answered_" + MetricNames.ACCURACY, MetricNames.AUROC_P_IDK);

  /** Name of a closed pane on the history topic. */
  static final String PANE = "pane";

  private static final int BINS = 10;
  private static final long MICROS_PER_MINUTE = 60_000_000L;

  private final String grader;
  private final int minLabels;
  private final List<Metric<CalibrationSummary>> metrics;

  Snapshots(String grader, int minLabels) {
    this.grader = grader;
    this.minLabels = minLabels;
    this.metrics = Metrics.all(grader);
  }

  /**
   * A live window.
   *
   * @param allTime labelled answers with a verdict in the slice ever, for the reason why there is no calibration yet
   */
  CalibrationSnapshot window(
      SliceKey slice, WindowKind kind, long nowMinute, Tally tally, CalibratorSeen calibrator, long allTime,
      Instant now) {
    return snapshot(slice, kind.wireName(), kind.bounded() ? at(kind.start(nowMinute)) : null,
        kind.bounded() ? at(kind.end(nowMinute)) : null, tally, calibrator, allTime, now);
  }

  /** A closed pane of one minute. */
  CalibrationSnapshot pane(
      SliceKey slice, long minute, Tally tally, CalibratorSeen calibrator, long allTime, Instant now) {
    return snapshot(slice, PANE, at(minute), at(minute + 1), tally, calibrator, allTime, now);
  }

  private CalibrationSnapshot snapshot(SliceKey slice, String window, Instant start, Instant end, Tally tally,
      CalibratorSeen calibrator, long allTime, Instant now) {
    long answers = tally.count(Count.ANSWERS);
    return CalibrationSnapshot.newBuilder()
        .setTenant(slice.tenant())
        .setDomain(slice.domain())
        .setModelVersion(slice.modelVersion())
        .setPolicyVersion(slice.policyVersion())
        .setEstimator(slice.estimator())
        .setGrader(grader)
        .setWindow(window)
        .setWindowStart(start)
        .setWindowEnd(end)
        .setEmittedAt(now)
        .setMetrics(values(tally, allTime))
        .setBins(bins(tally))
        .setCounts(counts(tally))
        .setLabelCoverage(answers == 0 ? null : tally.count(Count.LABELLED) / (double) answers)
        .setCalibratorVersion(calibrator.version())
        .build();
  }

  private List<MetricValue> values(Tally tally, long allTime) {
    List<MetricValue> values = new ArrayList<>();
    for (Metric<CalibrationSummary> metric : metrics) values.add(value(metric, tally, allTime));
    long labelled = tally.count(Count.LABELLED);
    LabelMetrics.of(labelled + tally.count(Count.WAITING), labelled, tally.delays())
        .forEach(figure -> values.add(value(figure, labelled, "no labelled answers in this window")));
    for (Agreement agreement : Agreement.of(tally)) {
      agreement.figures().forEach(figure -> values.add(value(figure, agreement.n(), agreement.reason())));
    }
    return values;
  }

  private static MetricValue value(NamedEstimate figure, long n, String reason) {
    return value(figure.name(), figure.direction(), figure.estimate(), n, reason);
  }

  private MetricValue value(Metric<CalibrationSummary> metric, Tally tally, long allTime) {
    Optional<Estimate> estimate = metric.of(tally.summary());
    return value(metric.name(), metric.direction(), estimate, tally.summary().outcomes().n(),
        estimate.isPresent() ? null : reason(metric, tally, allTime));
  }

  private static MetricValue value(
      String name, Direction direction, Optional<Estimate> estimate, long n, String reason) {
    return MetricValue.newBuilder()
        .setName(name)
        .setValue(estimate.map(Estimate::value).orElse(null))
        .setN(estimate.map(Estimate::n).orElse(n))
        .setLow(estimate.map(Estimate::low).orElse(null))
        .setHigh(estimate.map(Estimate::high).orElse(null))
        .setHigherIsBetter(direction == Direction.NEITHER ? null : (Boolean) (direction == Direction.HIGHER_IS_BETTER))
        .setReason(estimate.isPresent() ? null : reason)
        .build();
  }

  private String reason(Metric<CalibrationSummary> metric, Tally tally, long allTime) {
    long n = tally.summary().outcomes().n();
    if (tally.count(Count.ANSWERS) == 0) return "no answers in this window";
    if (n == 0) return "no verdicts in this window: " + tally.count(Count.WAITING) + " answers wait for a label";
    if (tally.summary().calibrated() > 0 || countsOutcomes(metric.name())) {
      return "undefined for these " + n + " labelled answers";
    }
    return allTime < minLabels
        ? "uncalibrated: " + allTime + " of " + minLabels + " labels needed"
        : "uncalibrated: no labelled answer in this window was made with a calibrator";
  }

  /** True for metrics of decisions and verdicts alone: they are not waiting for a calibrator. */
  private static boolean countsOutcomes(String name) {
    return OUTCOME_METRICS.stream().anyMatch(metric -> name.equals(metric) || name.startsWith(metric + ":")
        || name.startsWith(metric + "_audit"));
  }

  private static List<ReliabilityBin> bins(Tally tally) {
    return ReliabilityDiagram.of(tally.summary(), BINS).stream().map(bin -> ReliabilityBin.newBuilder()
        .setLower(bin.lower())
        .setUpper(bin.upper())
        .setN(bin.n())
        .setCorrect(bin.correct())
        .setMeanConfidence(bin.meanConfidence().isPresent() ? bin.meanConfidence().getAsDouble() : null)
        .build()).toList();
  }

  private static Map<String, Long> counts(Tally tally) {
    Map<String, Long> counts = tally.countsByName();
    OutcomeCounts outcomes = tally.summary().outcomes();
    counts.put("idk_correct", outcomes.a());
    counts.put("idk_incorrect", outcomes.b());
    counts.put("answered_correct", outcomes.c());
    counts.put("answered_incorrect", outcomes.d());
    counts.put("correct", outcomes.a() + outcomes.c());
    counts.put("incorrect", outcomes.b() + outcomes.d());
    return counts;
  }

  private static Instant at(long minute) {
    return Grading.instant(Math.multiplyExact(minute, MICROS_PER_MINUTE));
  }
}
