package dev.nescio.dashboard;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/** One gauge family under construction. The last value of a set of labels counts. */
final class Gauges {

  private final String name;
  private final String help;
  private final Map<Labels, Double> points = new LinkedHashMap<>();

  Gauges(String name, String help) {
    this.name = name;
    this.help = help;
  }

  void add(Labels labels, double value) {
    points.put(labels, value);
  }

  GaugeSnapshot snapshot() {
    GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
    points.forEach(
        (labels, value) ->
            family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
    return family.build();
  }
}
