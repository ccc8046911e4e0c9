package dev.nescio.dashboard;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.topics.Keys;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Where every label record and every answer is, by partition and in sum. */
public final class AccountingSection implements Section {

  /** Stands for the sum over all partitions. */
  private static final String SUM = "*";

  /**
   * The accounts of a partition.
   *
   * @param partition number, or * for the sum
   * @param closed    true when both sums hold
   */
  public record View(
      String partition,
      Map<String, Long> labels,
      long labelsRead,
      Map<String, Long> answers,
      long answersRead,
      long answerDuplicates,
      boolean closed,
      Long emittedAtMicros) {
    static View of(Accounting a) {
      return new View(
          a.getPartition(),
          new TreeMap<>(a.getLabels()),
          a.getLabelsRead(),
          new TreeMap<>(a.getAnswers()),
          a.getAnswersRead(),
          a.getAnswerDuplicates(),
          a.getClosed(),
          Times.micros(a.getEmittedAt()));
    }
  }

  private final Map<String, Accounting> accounts = new ConcurrentSkipListMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Counters labels = new Counters("labels", "Label records that entered a class of the accounting");

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.ACCOUNTING, Feed.From.BEGINNING, this::fold));
  }

  private void fold(Received<Accounting> record) {
    Accounting now = record.value();
    // The sum is made here: evaluation counts by partition, and a sum of another moment would not fit them.
    if (now != null && now.getPartition().equals(SUM)) return;
    changed.add(record.key());
    if (now == null) {
      accounts.remove(record.key());
      return;
    }
    Accounting before = accounts.put(record.key(), now);
    // A class can shrink (waiting becomes joined), a counter cannot: what is counted is what came in.
    now.getLabels().forEach((outcome, n) -> count(outcome, n - had(before, outcome)));
  }

  private static long had(Accounting before, String outcome) {
    return before == null ? 0 : before.getLabels().getOrDefault(outcome, 0L);
  }

  private void count(String outcome, long growth) {
    labels.add(Labels.of("topic", Topics.LABELS.name(), "outcome", outcome), Math.max(0, growth));
  }

  @Override
  public void publish(Hub hub) {
    if (changed.isEmpty()) return;
    for (String key : changed) {
      Accounting now = accounts.get(key);
      if (now == null) hub.remove("accounting", key);
      else hub.put("accounting", key, View.of(now));
    }
    changed.clear();
    hub.put("accounting", Keys.accounting(SUM), sum());
  }

  private View sum() {
    Map<String, Long> byLabel = new TreeMap<>();
    Map<String, Long> byAnswer = new TreeMap<>();
    long labelsRead = 0;
    long answersRead = 0;
    long duplicates = 0;
    boolean closed = true;
    Instant newest = Instant.EPOCH;
    for (Accounting a : accounts.values()) {
      a.getLabels().forEach((outcome, n) -> byLabel.merge(outcome, n, Long::sum));
      a.getAnswers().forEach((outcome, n) -> byAnswer.merge(outcome, n, Long::sum));
      labelsRead += a.getLabelsRead();
      answersRead += a.getAnswersRead();
      duplicates += a.getAnswerDuplicates();
      closed &= a.getClosed();
      if (a.getEmittedAt().isAfter(newest)) newest = a.getEmittedAt();
    }
    return new View(
        SUM, byLabel, labelsRead, byAnswer, answersRead, duplicates, closed, Times.micros(newest));
  }

  @Override
  public List<MetricSnapshot> metrics() {
    Gauges classes = new Gauges("accounting_labels", "Label records in a class now");
    Gauges answers = new Gauges("accounting_answers", "Distinct answers in a class now");
    Gauges closed = new Gauges("accounting_closed", "1 when every label record and answer is in exactly one class");
    if (!accounts.isEmpty()) {
      View sum = sum();
      sum.labels().forEach((outcome, n) -> classes.add(Labels.of("outcome", outcome), n));
      sum.answers().forEach((outcome, n) -> answers.add(Labels.of("outcome", outcome), n));
      closed.add(Labels.EMPTY, sum.closed() ? 1 : 0);
    }
    return List.of(labels.snapshot(), classes.snapshot(), answers.snapshot(), closed.snapshot());
  }
}
