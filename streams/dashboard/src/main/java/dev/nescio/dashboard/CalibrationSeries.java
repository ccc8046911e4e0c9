package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ReliabilityBin;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Calibration snapshots as Prometheus gauges. A metric that is undefined has no series; it is never 0. */
final class CalibrationSeries {

  private CalibrationSeries() {}

  static List<MetricSnapshot> of(Collection<CalibrationSnapshot> snapshots) {
    List<MetricSnapshot> families = new ArrayList<>();
    for (Figure figure : Figure.values()) {
      Gauges value = new Gauges(figure.series(), figure.meaning());
      Gauges lower = new Gauges(figure.series() + "_lower", "Lower end of the 95 % interval");
      Gauges upper = new Gauges(figure.series() + "_upper", "Upper end of the 95 % interval");
      for (CalibrationSnapshot snapshot : snapshots) {
        figure.in(snapshot).ifPresent(metric -> add(value, lower, upper, labels(snapshot), metric));
      }
      families.addAll(List.of(value.snapshot(), lower.snapshot(), upper.snapshot()));
    }
    Gauges samples = new Gauges("calibration_samples", "Labelled answers of the slice and window");
    Gauges coverage = new Gauges("calibration_label_coverage", "Labelled share of the answers of the window");
    Gauges bins = new Gauges("calibration_bin_count", "Answers by bin of confidence; bin is the upper edge");
    for (CalibrationSnapshot snapshot : snapshots) {
      Labels labels = labels(snapshot);
      Long labelled = snapshot.getCounts().get("labelled");
      if (labelled != null) samples.add(labels, labelled);
      if (snapshot.getLabelCoverage() != null) coverage.add(labels, snapshot.getLabelCoverage());
      for (ReliabilityBin bin : snapshot.getBins()) {
        bins.add(labels.merge(Labels.of("bin", String.format(Locale.ROOT, "%.2f", bin.getUpper()))), bin.getN());
      }
    }
    families.addAll(List.of(samples.snapshot(), coverage.snapshot(), bins.snapshot()));
    return families;
  }

  private static void add(Gauges value, Gauges lower, Gauges upper, Labels labels, MetricValue metric) {
    if (metric.getValue() == null) return;
    value.add(labels, metric.getValue());
    if (metric.getLow() != null) lower.add(labels, metric.getLow());
    if (metric.getHigh() != null) upper.add(labels, metric.getHigh());
  }

  private static Labels labels(CalibrationSnapshot s) {
    return Labels.of(
        "tenant", s.getTenant(),
        "domain", s.getDomain(),
        "model_version", s.getModelVersion(),
        "policy_version", s.getPolicyVersion(),
        "estimator", s.getEstimator(),
        "grader", s.getGrader(),
        "window", s.getWindow());
  }
}
