package dev.nescio.dashboard;

import dev.nescio.schemas.Alert;
import dev.nescio.schemas.AlertState;
import dev.nescio.schemas.topics.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Conditions that are open now; a closed one goes away. */
public final class AlertsSection implements Section {

  /** An open alert. */
  public record View(
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

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.ALERTS, Feed.From.TAIL, this::fold));
  }

  private void fold(Received<Alert> record) {
    if (record.value() != null) changed.put(record.value().getAlertId(), record.value());
  }

  @Override
  public void publish(Hub hub) {
    changed.forEach(
        (id, alert) -> {
          if (alert.getState() == AlertState.CLOSED) hub.remove("alert", id);
          else hub.put("alert", id, View.of(alert));
        });
    changed.clear();
  }
}
