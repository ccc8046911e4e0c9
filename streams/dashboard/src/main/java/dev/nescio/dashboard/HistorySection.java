package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.topics.Topics;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Closed panes, the newest of each model over all tenants, domains and policies; asked for, never pushed. */
public final class HistorySection implements Section {

  private static final String ANY = "*";
  /** A day of minutes. */
  private static final int KEPT = 1_440;

  private final NavigableMap<String, NavigableMap<Long, CalibrationSnapshot>> panes = new ConcurrentSkipListMap<>();

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.CALIBRATION_HISTORY, Feed.From.TAIL, this::fold));
  }

  private void fold(Received<CalibrationSnapshot> record) {
    CalibrationSnapshot pane = record.value();
    if (pane == null || pane.getWindowStart() == null || !isRolledUp(pane)) return;
    NavigableMap<Long, CalibrationSnapshot> line =
        panes.computeIfAbsent(pane.getModelVersion(), model -> new ConcurrentSkipListMap<>());
    // A pane that late labels changed comes again and takes its old place.
    line.put(Times.micros(pane.getWindowStart()), pane);
    if (line.size() > KEPT) line.pollFirstEntry();
  }

  private static boolean isRolledUp(CalibrationSnapshot s) {
    return s.getTenant().equals(ANY) && s.getDomain().equals(ANY) && s.getPolicyVersion().equals(ANY);
  }

  @Override
  public void publish(Hub hub) {
    // The page does not show single panes.
  }

  /** Panes of a model, oldest first; of every model when null. */
  public List<SliceView> panes(String model) {
    return panes.entrySet().stream()
        .filter(line -> model == null || model.equals(line.getKey()))
        .flatMap(line -> line.getValue().values().stream())
        .map(SliceView::of)
        .sorted(Comparator.comparing(SliceView::windowStartMicros))
        .toList();
  }
}
