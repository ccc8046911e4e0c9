package dev.nescio.loadtests.evaluation;

import dev.nescio.loadtests.evaluation.Storm.Fate;
import dev.nescio.loadtests.evaluation.Storm.Kind;
import dev.nescio.metrics.CalibrationSummary;
import dev.nescio.metrics.Estimate;
import dev.nescio.metrics.Metric;
import dev.nescio.metrics.Metrics;
import dev.nescio.metrics.Observation;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.MetricValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Where every label and answer of a {@link Storm} ends, from the fates alone: no state machine, no order, no clock. A
 * label is late when it was given after answeredAt + horizon; the last word of a source counts; people rank first.
 */
public final class StormOracle {

  private static final String ANY = "*";

  /** What is expected of one slice. */
  public static final class Expected {
    public final Map<String, Long> counts = new TreeMap<>();
    public final CalibrationSummary summary = new CalibrationSummary();
    double squares;
    long scored;
  }

  private final Map<String, Long> labels = new TreeMap<>();
  private final Map<String, Long> answers = new TreeMap<>();
  private final Map<List<String>, Expected> slices = new HashMap<>();
  private final Duration horizon;

  /** @param horizon a label given later than this after its answer is late */
  public StormOracle(Storm storm, Duration horizon) {
    this.horizon = horizon;
    for (int answer = 0; answer < storm.answers(); answer++) fold(storm.fate(answer));
  }

  /** Label records by class. */
  public Map<String, Long> labels() {
    return labels;
  }

  /** Answers by class. */
  public Map<String, Long> answers() {
    return answers;
  }

  /** What is expected, by tenant, domain and policy, each possibly {@code *}. */
  public Map<List<String>, Expected> slices() {
    return slices;
  }

  /** Tenant, domain, policy of the slice over everything. */
  static List<String> everything() {
    return List.of(ANY, ANY, ANY);
  }

  private void fold(Fate fate) {
    if (fate.has(Kind.ORPHAN)) labels.merge("waiting", 1L, Long::sum);
    if (fate.has(Kind.DUPLICATE)) labels.merge("duplicate", 1L, Long::sum);
    boolean first = counts(fate, Kind.LABEL);
    boolean corrected = counts(fate, Kind.CORRECTION);
    boolean retracted = counts(fate, Kind.RETRACTION);
    boolean person = counts(fate, Kind.SECOND_OPINION);
    long asserts = (first ? 1 : 0) + (corrected ? 1 : 0);
    if (retracted) {
      labels.merge("retraction", 1L, Long::sum);
      labels.merge("retracted", asserts, Long::sum);
    } else if (asserts > 0) {
      labels.merge(person ? "superseded" : "joined", 1L, Long::sum);
      labels.merge("superseded", asserts - 1, Long::sum);
    }
    if (person) labels.merge("joined", 1L, Long::sum);
    boolean labelled = person || (asserts > 0 && !retracted);
    Boolean correct = !labelled ? null : person ? (Boolean) fate.personSays()
        : corrected ? (Boolean) !fate.correct() : (Boolean) fate.correct();
    boolean failed = fate.decision() == Decision.ERROR;
    answers.merge(failed ? "error" : labelled ? "labelled" : "waiting", 1L, Long::sum);
    for (List<String> slice : List.of(everything(), List.of(ANY, ANY, fate.policy()), List.of(ANY, fate.domain(), ANY),
        List.of(fate.tenant(), ANY, ANY), List.of(fate.tenant(), fate.domain(), fate.policy()))) {
      add(slices.computeIfAbsent(slice, ignored -> new Expected()), fate, failed, correct);
    }
  }

  /** True when the label exists and is in time; one that is late is counted as such. */
  private boolean counts(Fate fate, Kind kind) {
    if (!fate.has(kind)) return false;
    Instant last = fate.answeredAt().plus(horizon);
    boolean late = fate.at(kind).isAfter(last);
    if (late) labels.merge("late", 1L, Long::sum);
    return !late;
  }

  private static void add(Expected expected, Fate fate, boolean failed, Boolean correct) {
    expected.counts.merge("answers", 1L, Long::sum);
    expected.counts.merge("errors", failed ? 1L : 0L, Long::sum);
    expected.counts.merge("labelled", !failed && correct != null ? 1L : 0L, Long::sum);
    expected.counts.merge("waiting", !failed && correct == null ? 1L : 0L, Long::sum);
    expected.counts.merge("correct", !failed && correct != null && correct ? 1L : 0L, Long::sum);
    expected.counts.merge("incorrect", !failed && correct != null && !correct ? 1L : 0L, Long::sum);
    if (failed || correct == null) return;
    OptionalInt confidence = fate.confidence() == null ? OptionalInt.empty() : OptionalInt.of(fate.confidence());
    expected.summary.add(new Observation(confidence, OptionalInt.of(fate.pIdk()), correct,
        fate.decision() == Decision.IDK, fate.audited()));
    if (fate.confidence() == null) return;
    expected.squares += Math.pow(fate.confidence() / 1e9 - (correct ? 1 : 0), 2);
    expected.scored++;
  }

  /** What a snapshot of all time says otherwise, each count and each metric bit for bit. */
  List<String> differences(CalibrationSnapshot shown) {
    Expected expected = slices.get(List.of(shown.getTenant(), shown.getDomain(), shown.getPolicyVersion()));
    if (expected == null) return List.of("no answer is in " + shown.getTenant() + " " + shown.getDomain());
    List<String> differences = new ArrayList<>();
    expected.counts.forEach((name, count) -> compare(name, count, shown.getCounts().get(name), differences));
    Map<String, Double> values = new HashMap<>();
    for (MetricValue value : shown.getMetrics()) values.put(value.getName(), value.getValue());
    for (Metric<CalibrationSummary> metric : Metrics.all(shown.getGrader())) {
      compare(metric.name(), metric.of(expected.summary).map(Estimate::value).orElse(null), values.get(metric.name()),
          differences);
    }
    double brier = expected.squares / expected.scored;
    values.forEach((name, value) -> {
      if (name.startsWith("brier:") && Math.abs(value - brier) > 1e-9) {
        differences.add(name + " is " + value + ", by its definition " + brier);
      }
    });
    return differences;
  }

  private static void compare(String what, Object expected, Object shown, List<String> differences) {
    if (!Objects.equals(expected, shown)) differences.add(what + " is " + shown + ", not " + expected);
  }
}
