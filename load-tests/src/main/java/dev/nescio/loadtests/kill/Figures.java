package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.kill.Truth.Verdict;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import dev.nescio.metrics.OutcomeCounts;
import dev.nescio.metrics.ReliabilityDiagram;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.MetricValue;
import dev.nescio.schemas.ReliabilityBin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every snapshot that is shown beside the same figures of the batch computation, over the time that the snapshot itself
 * names: counts, reliability bins and each metric with value, n and interval, all bit for bit.
 */
final class Figures {

  private static final String ANY = "*";
  private static final int BINS = 10;

  /** What the batch says of one snapshot. */
  private static final class Batch {
    private final CalibrationSnapshot shown;
    private final Map<String, Long> counts = new TreeMap<>();
    private final CalibrationSummary summary = new CalibrationSummary();

    private Batch(CalibrationSnapshot shown) {
      this.shown = shown;
      for (String name : List.of("answers", "labelled", "waiting", "errors", "ungradable", "uncalibrated", "idk",
          "answered", "late")) {
        counts.put(name, 0L);
      }
    }

    private void take(Verdict verdict) {
      Answer answer = verdict.answer();
      if (shown.getWindowStart() != null && (answer.getAnsweredAt().isBefore(shown.getWindowStart())
          || !answer.getAnsweredAt().isBefore(shown.getWindowEnd()))) {
        return;
      }
      count("answers", true);
      count("labelled", verdict.labelled());
      count("waiting", !verdict.labelled() && !verdict.failed());
      count("errors", verdict.failed());
      count("ungradable", verdict.labelled() && verdict.correct() == null);
      count("uncalibrated", !verdict.failed() && answer.getConfidence() == null);
      count("idk", answer.getDecision() == Decision.IDK);
      count("answered", answer.getDecision() == Decision.ANSWER);
      counts.merge("late", verdict.late(), Long::sum);
      if (verdict.correct() != null) summary.add(observation(answer, verdict.correct()));
    }

    private void count(String name, boolean holds) {
      if (holds) counts.merge(name, 1L, Long::sum);
    }
  }

  private final List<String> differences = new ArrayList<>();
  private long compared;

  private Figures() {}

  /**
   * What was compared.
   *
   * @param compared    figures
   * @param differences empty when all are equal
   */
  record Result(long compared, List<String> differences) {}

  /** Compares; every slice of the batch has to be shown over all time. */
  static Result compare(Collection<Verdict> verdicts, Collection<CalibrationSnapshot> shown) {
    Figures figures = new Figures();
    Map<List<String>, List<Batch>> bySlice = new HashMap<>();
    for (CalibrationSnapshot snapshot : shown) {
      bySlice.computeIfAbsent(slice(snapshot), key -> new ArrayList<>()).add(new Batch(snapshot));
    }
    Set<List<String>> missing = new LinkedHashSet<>();
    for (Verdict verdict : verdicts) {
      for (List<String> slice : slices(verdict.answer())) {
        List<Batch> batches = bySlice.getOrDefault(slice, List.of());
        batches.forEach(batch -> batch.take(verdict));
        if (batches.stream().noneMatch(batch -> batch.shown.getWindowStart() == null)) missing.add(slice);
      }
    }
    missing.forEach(slice -> figures.differences.add("not shown: " + slice));
    bySlice.values().forEach(batches -> batches.forEach(figures::compare));
    return new Result(figures.compared, List.copyOf(figures.differences));
  }

  private void compare(Batch batch) {
    CalibrationSnapshot shown = batch.shown;
    String where = slice(shown) + " " + shown.getWindow() + " ";
    OutcomeCounts outcomes = batch.summary.outcomes();
    batch.counts.put("idk_correct", outcomes.a());
    batch.counts.put("idk_incorrect", outcomes.b());
    batch.counts.put("answered_correct", outcomes.c());
    batch.counts.put("answered_incorrect", outcomes.d());
    batch.counts.put("correct", outcomes.a() + outcomes.c());
    batch.counts.put("incorrect", outcomes.b() + outcomes.d());
    batch.counts.forEach((name, count) -> expect(where + name, count, shown.getCounts().get(name)));
    Map<String, MetricValue> values = new HashMap<>();
    for (MetricValue value : shown.getMetrics()) values.put(value.getName(), value);
    for (Metric<CalibrationSummary> metric : Metrics.all(shown.getGrader())) {
      Optional<Estimate> estimate = metric.of(batch.summary);
      MetricValue value = values.get(metric.name());
      expect(where + metric.name(), estimate.map(Figures::parts).orElse(null),
          value == null || value.getValue() == null ? null
              : List.of(value.getValue(), value.getN(), value.getLow(), value.getHigh()));
    }
    List<List<Object>> bins = ReliabilityDiagram.of(batch.summary, BINS).stream()
        .map(bin -> parts(bin.n(), bin.correct(), bin.meanConfidence().isPresent()
            ? (Double) bin.meanConfidence().getAsDouble() : null)).toList();
    expect(where + "bins", bins, shown.getBins().stream().map(Figures::parts).toList());
  }

  private static List<Object> parts(Estimate estimate) {
    return List.of(estimate.value(), estimate.n(), estimate.low(), estimate.high());
  }

  private static List<Object> parts(ReliabilityBin bin) {
    return parts(bin.getN(), bin.getCorrect(), bin.getMeanConfidence());
  }

  private static List<Object> parts(Object... values) {
    return Arrays.asList(values);
  }

  /** Boxed doubles are equal only when their bits are. */
  private void expect(String what, Object batch, Object shown) {
    compared++;
    if (!Objects.equals(batch, shown)) differences.add(what + ": " + batch + " in the batch, " + shown + " shown");
  }

  private static List<String> slice(CalibrationSnapshot s) {
    return List.of(s.getTenant(), s.getDomain(), s.getModelVersion(), s.getPolicyVersion(), s.getEstimator());
  }

  /** An answer's own slice and the sums it is in; models and estimators are never summed up. */
  private static Set<List<String>> slices(Answer a) {
    Set<List<String>> slices = new LinkedHashSet<>();
    slices.add(List.of(ANY, ANY, a.getModelVersion(), ANY, a.getEstimator()));
    slices.add(List.of(ANY, ANY, a.getModelVersion(), a.getPolicyVersion(), a.getEstimator()));
    slices.add(List.of(ANY, a.getDomain(), a.getModelVersion(), ANY, a.getEstimator()));
    slices.add(List.of(a.getTenant(), ANY, a.getModelVersion(), ANY, a.getEstimator()));
    slices.add(List.of(a.getTenant(), a.getDomain(), a.getModelVersion(), a.getPolicyVersion(), a.getEstimator()));
    return slices;
  }

  private static Observation observation(Answer answer, boolean correct) {
    return new Observation(units(answer.getConfidence()), units(answer.getPIdk()), correct,
        answer.getDecision() == Decision.IDK, answer.getAudited());
  }

  /** Units of 10⁻⁹, in which everything is computed. */
  static OptionalInt units(Double probability) {
    return probability == null ? OptionalInt.empty() : OptionalInt.of(Observation.units(probability));
  }
}
