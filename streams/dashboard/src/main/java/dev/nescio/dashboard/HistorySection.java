package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.topics.Topics;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Closed panes of every slice; asked for, never pushed. The newest are kept, so that memory is bounded. */
public final class HistorySection implements Section {

  /** A day of minutes of one slice. */
  private static final int KEPT = 1_440;
  /** Of all slices together, since a pane takes about five kilobytes. */
  private static final int KEPT_IN_ALL = 10_000;

  private final Map<String, NavigableMap<Long, SliceView>> panes = new TreeMap<>();
  private int size;

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.CALIBRATION_HISTORY, Feed.From.TAIL, this::fold));
  }

  private synchronized void fold(Received<CalibrationSnapshot> record) {
    CalibrationSnapshot pane = record.value();
    if (pane == null || pane.getWindowStart() == null) return;
    NavigableMap<Long, SliceView> line = panes.computeIfAbsent(record.key(), slice -> new TreeMap<>());
    // A pane that late labels changed comes again and takes its old place.
    if (line.put(Times.micros(pane.getWindowStart()), SliceView.of(pane)) == null) size++;
    if (line.size() > KEPT) forgetFirst(record.key());
    while (size > KEPT_IN_ALL) forgetFirst(sliceWithOldest());
  }

  private String sliceWithOldest() {
    return panes.entrySet().stream().min(Comparator.comparing(line -> line.getValue().firstKey())).orElseThrow().getKey();
  }

  private void forgetFirst(String slice) {
    NavigableMap<Long, SliceView> line = panes.get(slice);
    line.pollFirstEntry();
    size--;
    if (line.isEmpty()) panes.remove(slice);
  }

  @Override
  public void publish(Hub hub) {
    // The page does not show single panes.
  }

  /** The panes that are wanted, oldest first. */
  public synchronized List<SliceView> panes(Predicate<SliceView> wanted) {
    return panes.values().stream()
        .flatMap(line -> line.values().stream())
        .filter(wanted)
        .sorted(Comparator.comparing(SliceView::windowStartMicros))
        .toList();
  }
}
