package dev.nescio.dashboard;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.stream.Stream;

/** Everything for Prometheus that comes from the topics, computed at each scrape: nothing can go stale. */
final class TopicMetrics implements MultiCollector {

  private final List<Section> sections;
  private final TopicView view;

  TopicMetrics(List<Section> sections, TopicView view) {
    this.sections = List.copyOf(sections);
    this.view = view;
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(
        Stream.concat(sections.stream().flatMap(s -> s.metrics().stream()), own())
            .filter(family -> !family.getDataPoints().isEmpty())
            .toList());
  }

  private Stream<MetricSnapshot> own() {
    Status status = view.status();
    Gauges ready = new Gauges("dashboard_ready", "1 when what is shown is the state of the topics");
    ready.add(Labels.EMPTY, status.ready() ? 1 : 0);
    Gauges behind = new Gauges("dashboard_records_behind", "Records on the topics that are not yet read");
    behind.add(Labels.EMPTY, status.recordsBehind());
    Gauges undecodable = new Gauges("dashboard_undecodable_records", "Records that could not be decoded");
    status.undecodable().forEach((topic, n) -> undecodable.add(Labels.of("topic", topic), n));
    return Stream.of(ready.snapshot(), behind.snapshot(), undecodable.snapshot());
  }
}
