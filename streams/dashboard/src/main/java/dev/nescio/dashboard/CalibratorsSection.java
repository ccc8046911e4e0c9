package dev.nescio.dashboard;

import dev.nescio.schemas.Calibrator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The newest calibrator of every tenant, domain, model and estimator. */
public final class CalibratorsSection implements Section {

  private final String topic;
  private final Map<String, Calibrator> changed = new LinkedHashMap<>();

  public CalibratorsSection(String topic) {
    this.topic = topic;
  }

  @Override
  public List<Feed<?>> feeds() {
    return List.of(
        new Feed<>(topic, Calibrator.class, Feed.From.BEGINNING, r -> changed.put(r.key(), r.value())));
  }

  @Override
  public void publish(Hub hub) {
    changed.forEach(
        (key, calibrator) -> {
          if (calibrator == null) hub.remove("calibrator", key);
          else hub.put("calibrator", key, CalibratorView.of(calibrator));
        });
    changed.clear();
  }
}
