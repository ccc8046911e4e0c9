package dev.nescio.dashboard;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** One counter family: counts since this process began to read. Thread-safe. */
final class Counters {

  private final String name;
  private final String help;
  private final Map<Labels, LongAdder> counts = new ConcurrentHashMap<>();

  /** The name stands without {@code _total}, which the exposition adds. */
  Counters(String name, String help) {
    this.name = name;
    this.help = help;
  }

  void add(Labels labels, long amount) {
    counts.computeIfAbsent(labels, l -> new LongAdder()).add(amount);
  }

  CounterSnapshot snapshot() {
    CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
    counts.forEach(
        (labels, count) ->
            family.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder().labels(labels).value(count.sum()).build()));
    return family.build();
  }
}
