package dev.nescio.dashboard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Outcomes over time, by model and in several resolutions at once. Not thread-safe.
 *
 * <p>Each resolution keeps a bounded number of the newest buckets.
 */
final class Activity {

  /** Stands for all models together. */
  static final String ALL_MODELS = "*";

  /** A resolution: length of a bucket and the number kept. */
  record Level(Duration bucket, int kept) {}

  /** For windows of five minutes, an hour, a day, a week, and more. */
  static final List<Level> LEVELS =
      List.of(
          new Level(Duration.ofSeconds(10), 60),
          new Level(Duration.ofMinutes(1), 90),
          new Level(Duration.ofMinutes(15), 120),
          new Level(Duration.ofHours(2), 120),
          new Level(Duration.ofDays(1), 400));

  /**
   * What the page gets of one model and resolution.
   *
   * @param model         version, or * for all
   * @param bucketSeconds length of a bucket
   * @param whole         true when no bucket was dropped yet: the chart then shows everything there is
   * @param buckets       oldest first: start in seconds since the epoch, then one count for each {@link Outcome}
   */
  record View(String model, long bucketSeconds, boolean whole, List<long[]> buckets) {}

  private record Line(String model, Level level) {}

  private static final class Buckets {
    final TreeMap<Long, long[]> counts = new TreeMap<>();
    boolean whole = true;
  }

  private final Map<Line, Buckets> lines = new HashMap<>();
  private final Set<Line> changed = new HashSet<>();

  /** Adds {@code amount} (1, or -1 to take back) answers made at a time. */
  void add(String model, long atMicros, Outcome outcome, int amount) {
    for (Level level : LEVELS) {
      add(new Line(model, level), atMicros, outcome, amount);
      add(new Line(ALL_MODELS, level), atMicros, outcome, amount);
    }
  }

  /** Lines that changed since the last call. */
  List<View> takeChanges() {
    List<View> views = new ArrayList<>();
    for (Line line : changed) {
      Buckets buckets = lines.get(line);
      List<long[]> rows = new ArrayList<>();
      buckets.counts.forEach(
          (start, counts) -> {
            long[] row = new long[counts.length + 1];
            row[0] = start;
            System.arraycopy(counts, 0, row, 1, counts.length);
            rows.add(row);
          });
      views.add(new View(line.model(), line.level().bucket().toSeconds(), buckets.whole, rows));
    }
    changed.clear();
    return views;
  }

  private void add(Line line, long atMicros, Outcome outcome, int amount) {
    Buckets buckets = lines.computeIfAbsent(line, l -> new Buckets());
    long seconds = line.level().bucket().toSeconds();
    long start = Math.floorDiv(Math.floorDiv(atMicros, 1_000_000L), seconds) * seconds;
    long oldest = buckets.counts.isEmpty() ? start : buckets.counts.lastKey() - (line.level().kept() - 1) * seconds;
    if (start < oldest) {
      buckets.whole = false;
      return;
    }
    buckets.counts.computeIfAbsent(start, s -> new long[Outcome.values().length])[outcome.ordinal()] += amount;
    long newOldest = buckets.counts.lastKey() - (line.level().kept() - 1) * seconds;
    while (buckets.counts.firstKey() < newOldest) {
      buckets.counts.pollFirstEntry();
      buckets.whole = false;
    }
    changed.add(line);
  }
}
