package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;

/** The live calibration figures: the newest snapshot of every slice and window. */
public final class CalibrationSection implements Section {

  private final Map<String, CalibrationSnapshot> snapshots = new ConcurrentSkipListMap<>();
  private final Map<String, Trend> trends = new ConcurrentSkipListMap<>();
  private final Set<String> changed = new LinkedHashSet<>();

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.CALIBRATION, Feed.From.BEGINNING, this::fold));
  }

  private void fold(Received<CalibrationSnapshot> record) {
    if (record.value() == null) {
      snapshots.remove(record.key());
      trends.remove(record.key());
    } else {
      snapshots.put(record.key(), record.value());
    }
    changed.add(record.key());
  }

  @Override
  public void publish(Hub hub) {
    for (String key : changed) {
      CalibrationSnapshot snapshot = snapshots.get(key);
      if (snapshot == null) {
        hub.remove("slice", key);
        continue;
      }
      SliceView view = SliceView.of(snapshot);
      trends.merge(key, Trend.empty().with(Trend.Point.of(view)), (had, one) -> had.with(one.points().getFirst()));
      hub.put("slice", key, view);
    }
    changed.clear();
  }

  /** Every snapshot, whole, by key. The records are not changed once they are here. */
  public Map<String, CalibrationSnapshot> snapshots() {
    return snapshots;
  }

  /** Trend of one slice and window. */
  public Optional<Trend> trend(String key) {
    return Optional.ofNullable(trends.get(key));
  }

  @Override
  public List<MetricSnapshot> metrics() {
    return CalibrationSeries.of(snapshots.values());
  }
}
