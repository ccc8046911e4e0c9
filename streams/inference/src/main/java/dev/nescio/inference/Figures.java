package dev.nescio.inference;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.DoubleSupplier;

/**
 * Counters and gauges by the series name that Prometheus shows, labels included:
 * {@code answers_total{decision="idk",...}}. Thread-safe.
 */
final class Figures {

  /** Upper edges of the latency histogram, in seconds. */
  private static final double[] EDGES = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

  private final Map<String, DoubleAdder> counters = new ConcurrentHashMap<>();
  private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

  void add(String series, double amount) {
    counters.computeIfAbsent(series, s -> new DoubleAdder()).add(amount);
  }

  /** A counter's value; 0 before the first addition. */
  double value(String series) {
    DoubleAdder counter = counters.get(series);
    return counter == null ? 0 : counter.sum();
  }

  void gauge(String series, DoubleSupplier value) {
    gauges.put(series, value);
  }

  /** Adds one value to the histogram {@code name}, as cumulative buckets, sum and count. */
  void observeSeconds(String name, double seconds) {
    for (double edge : EDGES) add(name + "_bucket{le=\"" + edge + "\"}", seconds <= edge ? 1 : 0);
    add(name + "_bucket{le=\"+Inf\"}", 1);
    add(name + "_sum", seconds);
    add(name + "_count", 1);
  }

  /**
   * The name of a series.
   *
   * @param labels name and value by turns; values are escaped as the text format wants
   */
  static String series(String name, String... labels) {
    StringBuilder text = new StringBuilder(name).append('{');
    for (int i = 0; i < labels.length; i += 2) {
      String value = labels[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      text.append(i == 0 ? "" : ",").append(labels[i]).append("=\"").append(value).append('"');
    }
    return text.append('}').toString();
  }

  /** All series at this moment, sorted by name. */
  Map<String, Double> snapshot() {
    Map<String, Double> values = new TreeMap<>();
    counters.forEach((series, counter) -> values.put(series, counter.sum()));
    gauges.forEach((series, gauge) -> values.put(series, gauge.getAsDouble()));
    return values;
  }
}
