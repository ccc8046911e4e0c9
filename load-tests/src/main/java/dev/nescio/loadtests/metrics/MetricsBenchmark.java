package dev.nescio.loadtests.metrics;

import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.DelayHistogram;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Time of what a window does for a label, on summaries that hold {@value #HELD} labels already. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class MetricsBenchmark {

  private static final int HELD = 100_000;
  /** A power of two; few enough to stay in the cache, as a label does that was just read. */
  private static final int FRESH = 4096;

  private final Observation[] observations = new Observation[FRESH];
  private final long[] delays = new long[FRESH];
  private final List<Metric<CalibrationSummary>> metrics = Metrics.all("lenient");
  private CalibrationSummary summary;
  private DelayHistogram histogram;
  private CalibrationSummary pane;
  private int next;

  /** Random answers with confidence and p_idk, over all cells. */
  @Setup
  public void fill() {
    Random random = new Random(1);
    summary = new CalibrationSummary();
    histogram = new DelayHistogram();
    pane = new CalibrationSummary();
    for (int i = 0; i < HELD; i++) {
      Observation observation = observation(random);
      long delay = (long) (1000 * Math.pow(1 - random.nextDouble(), -1.5));
      observations[i % FRESH] = observation;
      delays[i % FRESH] = delay;
      summary.add(observation);
      histogram.add(delay);
      if (i < 60) pane.add(observation);
    }
  }

  private static Observation observation(Random random) {
    double confidence = random.nextDouble();
    boolean correct = random.nextDouble() < confidence;
    double pIdk = Math.pow(random.nextDouble(), correct ? 12 : 4);
    return new Observation(OptionalInt.of(Observation.units(confidence)), OptionalInt.of(Observation.units(pIdk)),
        correct, pIdk > .3, random.nextInt(10) == 0);
  }

  /** One label into every summary of a window. */
  @Benchmark
  public void addOneLabelToEverySummary() {
    int i = next++ & FRESH - 1;
    summary.add(observations[i]);
    histogram.add(delays[i]);
  }

  /** A corrected label: the old contribution out, the new one in. */
  @Benchmark
  public void correctOneLabelInEverySummary() {
    int i = next++ & FRESH - 1;
    int j = i + FRESH / 2 & FRESH - 1;
    summary.remove(observations[j]);
    histogram.remove(delays[j]);
    summary.add(observations[i]);
    histogram.add(delays[i]);
  }

  /** A pane of 60 labels into a window. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public void mergeOnePane() {
    summary.merge(pane);
  }

  /** Every metric of the list over a window that just changed. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public void everyMetric(Blackhole hole) {
    summary.add(observations[next++ & FRESH - 1]);
    for (Metric<CalibrationSummary> metric : metrics) {
      Optional<Estimate> estimate = metric.of(summary);
      hole.consume(estimate);
    }
  }

  /** The byte form of a window. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public byte[] toBytes() {
    return summary.toBytes();
  }
}
