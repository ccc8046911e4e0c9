package dev.nescio.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The labelled answers of each calibrator as a log of what came and went, batch by batch as it arrived; it is read, and
 * made short again, only for a fit or when it has become long. A label costs some bytes of a batch and no record of its
 * own.
 */
final class PointLog {

  /** In one record. */
  private static final int MAX_TOGETHER = 2_000;

  private final KeyValueStore<String, byte[]> store;

  PointLog(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  /**
   * Appends a batch.
   *
   * @param number of the batch, above that of every other of this calibrator
   * @param batch  a {@link PointBatch}
   */
  void append(String calibrator, long number, byte[] batch) {
    store.put(key(calibrator, number), batch);
  }

  /** The newest {@code most} points of a calibrator by their time, the oldest first. */
  List<Point> read(String calibrator, int most) {
    Map<Long, Point> points = new HashMap<>();
    try (KeyValueIterator<String, byte[]> range = range(calibrator)) {
      while (range.hasNext()) {
        for (PointBatch.Step step : PointBatch.fromBytes(range.next().value).steps()) {
          if (step.add()) points.put(step.point().answer(), step.point());
          else points.remove(step.point().answer());
        }
      }
    }
    List<Point> byTime = new ArrayList<>(points.values());
    byTime.sort(Point.BY_TIME);
    return byTime.subList(Math.max(0, byTime.size() - most), byTime.size());
  }

  /**
   * Replaces what the log has of a calibrator by these points.
   *
   * @param first number of the first batch
   * @return number of the next batch
   */
  long replace(String calibrator, long first, List<Point> points) {
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> range = range(calibrator)) {
      range.forEachRemaining(entry -> old.add(entry.key));
    }
    old.forEach(store::delete);
    long number = first;
    for (int start = 0; start < points.size(); start += MAX_TOGETHER) {
      append(calibrator, number++, new PointBatch(points.subList(start, Math.min(points.size(), start + MAX_TOGETHER))
          .stream().map(point -> new PointBatch.Step(true, point)).toList()).toBytes());
    }
    return number;
  }

  private KeyValueIterator<String, byte[]> range(String calibrator) {
    return store.range(calibrator + " ", calibrator + "!");
  }

  private static String key(String calibrator, long number) {
    return calibrator + " " + SortKeys.digits(number);
  }
}
