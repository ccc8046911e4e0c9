package dev.nescio.dashboard;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Conditions that are open now, and the last ones that closed. */
public final class AlertsSection implements Section {

  /** Closed alerts that are shown. */
  private static final int CLOSED_KEPT = 20;

  /**
   * An alert.
   *
   * @param state    OPENED or CLOSED
   * @param atMicros when it came into this state
   */
  public record View(
      String state,
      String tenant,
      String domain,
      String modelVersion,
      String metric,
      Double value,
      Double low,
      Double high,
      long n,
      double limit,
      String message,
      Long atMicros) {
    static View of(Alert a) {
      return new View(
          a.getState().name(),
          a.getTenant(),
          a.getDomain(),
          a.getModelVersion(),
          a.getMetric(),
          a.getValue(),
          a.getLow(),
          a.getHigh(),
          a.getN(),
          a.getLimit(),
          AnswerView.shorten(a.getMessage()),
          Times.micros(a.getAt()));
    }
  }

  private final Map<String, Alert> changed = new LinkedHashMap<>();
  private final Map<String, Alert> open = new ConcurrentSkipListMap<>();
  /** Oldest first. */
  private final Map<String, Alert> closed = new LinkedHashMap<>();

  /** From the beginning: an alert that is still open may have been opened long before this start. */
  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.ALERTS, Feed.From.BEGINNING, this::fold));
  }

  private void fold(Received<Alert> record) {
    Alert alert = record.value();
    if (alert == null) return;
    changed.put(alert.getAlertId(), alert);
    if (alert.getState() == AlertState.CLOSED) open.remove(alert.getAlertId());
    else open.put(alert.getAlertId(), alert);
  }

  /** One series for each open alert, gone when it closes. */
  @Override
  public List<MetricSnapshot> metrics() {
    Gauges gauges = new Gauges("alert_open", "1 while an alert is open, by what it is about");
    open.values().forEach(alert -> gauges.add(
        Labels.of("metric", alert.getMetric(), "tenant", alert.getTenant(), "domain", alert.getDomain(),
            "model_version", alert.getModelVersion()), 1));
    return List.of(gauges.snapshot());
  }

  @Override
  public void publish(Hub hub) {
    changed.forEach(
        (id, alert) -> {
          if (alert.getState() == AlertState.CLOSED) {
            hub.remove("alert", id);
            closed.remove(id);
            closed.put(id, alert);
            hub.put("closedalert", id, View.of(alert));
          } else {
            hub.put("alert", id, View.of(alert));
          }
        });
    changed.clear();
    while (closed.size() > CLOSED_KEPT) {
      String oldest = closed.keySet().iterator().next();
      closed.remove(oldest);
      hub.remove("closedalert", oldest);
    }
  }
}
