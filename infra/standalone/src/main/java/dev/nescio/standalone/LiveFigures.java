package dev.nescio.standalone;

import dev.nescio.metrics.MetricNames;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.CalibrationSnapshot;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.MetricValue;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Live calibration in the terminal: one line whenever the figures changed, at most one every two seconds. */
final class LiveFigures {

  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final String ANY = "*";

  private final NescioSystem system;
  private final LiveView view;
  private final Terminal terminal;
  private long lastLine;
  private String lastText = "";

  LiveFigures(NescioSystem system, LiveView view, Terminal terminal) {
    this.system = system;
    this.view = view;
    this.terminal = terminal;
  }

  /** Prints until so many answers were made since the start and every one of them has a label. */
  void followUntilLabelled(int answers, Duration patience) {
    Await.until(
        patience, answers + " labelled answers (there are " + view.labels().size() + ")",
        () -> {
          system.requireWell();
          print(false);
          return view.answers().size() >= answers
              && view.answers().values().stream()
                  .allMatch(a -> a.getDecision() == Decision.ERROR || view.labels().containsKey(a.getAnswerId()))
              && snapshotsCount(answers);
        });
    print(true);
  }

  /** Waits until nothing is waiting and both sums of every partition hold. */
  Map<String, Accounting> awaitClosedAccounting() {
    Await.until(
        Duration.ofSeconds(30), "the accounting to close",
        () -> {
          long answers = view.accounting().values().stream().mapToLong(Accounting::getAnswersRead).sum();
          return answers >= view.answers().size()
              && view.accounting().values().stream().allMatch(Accounting::getClosed);
        });
    return new TreeMap<>(view.accounting());
  }

  private boolean snapshotsCount(int answers) {
    long labelled =
        view.snapshots().values().stream()
            .filter(LiveFigures::overall)
            .mapToLong(s -> s.getCounts().getOrDefault("labelled", 0L))
            .sum();
    return labelled + errors() >= answers;
  }

  private long errors() {
    return view.answers().values().stream().filter(a -> a.getDecision() == Decision.ERROR).count();
  }

  private void print(boolean always) {
    long now = System.nanoTime();
    if (!always && now - lastLine < INTERVAL.toNanos()) return;
    String text = counts() + ece();
    if (text.equals(lastText)) return;
    lastText = text;
    lastLine = now;
    terminal.line("  " + text);
  }

  private String counts() {
    long answered = 0;
    long idk = 0;
    for (Answer answer : view.answers().values()) {
      if (answer.getDecision() == Decision.ANSWER) answered++;
      if (answer.getDecision() == Decision.IDK) idk++;
    }
    long correct = view.labels().values().stream().map(Label::getCorrect).filter(Boolean.TRUE::equals).count();
    return String.format(
        Locale.ROOT, "%4d answers: %d given, %d <IDK>; labelled %d, correct %d", view.answers().size(), answered, idk,
        view.labels().size(), correct);
  }

  private String ece() {
    List<CalibrationSnapshot> newest =
        view.snapshots().values().stream()
            .filter(LiveFigures::overall)
            .sorted(Comparator.comparing(CalibrationSnapshot::getEmittedAt).reversed())
            .limit(1)
            .toList();
    if (newest.isEmpty()) return "; no snapshot yet";
    CalibrationSnapshot snapshot = newest.getFirst();
    return " | " + snapshot.getModelVersion() + ": " + describe("ECE", metric(snapshot, MetricNames.ECE)) + ", "
        + describe("A-FPR", metric(snapshot, MetricNames.A_FPR));
  }

  private static Optional<MetricValue> metric(CalibrationSnapshot snapshot, String name) {
    String whole = MetricNames.of(name, snapshot.getGrader());
    return snapshot.getMetrics().stream().filter(m -> m.getName().equals(whole)).findFirst();
  }

  private static String describe(String heading, Optional<MetricValue> metric) {
    if (metric.isEmpty()) return heading + " not reported";
    MetricValue m = metric.get();
    if (m.getValue() == null) return heading + " none (" + m.getReason() + ")";
    return String.format(
        Locale.ROOT, "%s %.3f [%.3f, %.3f] n=%d", heading, m.getValue(), m.getLow(), m.getHigh(), m.getN());
  }

  /** The roll-up over tenants, domains and policies, of all time. */
  private static boolean overall(CalibrationSnapshot s) {
    return s.getTenant().equals(ANY) && s.getDomain().equals(ANY) && s.getPolicyVersion().equals(ANY)
        && s.getWindow().equals("all");
  }
}
