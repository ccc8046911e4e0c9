package dev.nescio.dashboard;

import dev.nescio.schemas.Calibrator;
import dev.nescio.schemas.topics.Topics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The newest calibrator of every tenant, domain, model and estimator. */
public final class CalibratorsSection implements Section {

  private final Map<String, Calibrator> changed = new LinkedHashMap<>();

  @Override
  public List<Feed<?>> feeds() {
    return List.of(
        Feed.of(Topics.CALIBRATORS, Feed.From.BEGINNING, r -> changed.put(r.key(), r.value())));
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
