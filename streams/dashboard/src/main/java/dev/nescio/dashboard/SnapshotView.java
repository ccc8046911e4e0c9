package dev.nescio.dashboard;

import dev.nescio.schemas.CalibrationSnapshot;
import java.util.List;

/**
 * A snapshot whole: what {@link SliceView} has, and every metric.
 *
 * @param key     key of the record
 * @param slice   slice, window, headline figures, bins and counts
 * @param metrics every metric of the snapshot, defined or not
 */
public record SnapshotView(String key, SliceView slice, List<SliceView.FigureView> metrics) {
  static SnapshotView of(String key, CalibrationSnapshot snapshot) {
    return new SnapshotView(
        key, SliceView.of(snapshot), snapshot.getMetrics().stream().map(SliceView.FigureView::of).toList());
  }
}
