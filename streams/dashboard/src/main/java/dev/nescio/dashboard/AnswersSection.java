package dev.nescio.dashboard;

import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers as they come: the newest ones with question and label, and how outcomes develop over time.
 *
 * <p>Texts and labels are remembered for a bounded number of answers; a label of an older answer changes the
 * calibration figures (which evaluation computes) but no longer the activity chart.
 */
public final class AnswersSection implements Section {

  private static final int TRACKED = 100_000;
  private static final int TEXTS = 20_000;

  /** What is remembered of an answer to move it between outcomes when its label changes. */
  private static final class Tracked {
    final LabelState labels = new LabelState();
    String model;
    Decision decision;
    long answeredAtMicros;
    Outcome outcome;
  }

  /** An answer in the list, with the key to its question. */
  private record Listed(String questionId, Answer answer) {}

  private static final Comparator<Listed> OLDEST_FIRST =
      Comparator.comparing((Listed l) -> l.answer().getAnsweredAt()).thenComparing(l -> l.answer().getAnswerId());

  private final int listLength;
  private final Map<String, String> texts = new Bounded<>(TEXTS);
  private final Map<String, Tracked> tracked = new Bounded<>(TRACKED);
  private final NavigableSet<Listed> newest = new TreeSet<>(OLDEST_FIRST);
  private final Set<String> shown = new HashSet<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final Activity activity = new Activity();
  private final Counters answers = new Counters("answers", "Answers seen on the topic by this process");
  private final Counters labels =
      new Counters("label_records", "Label records seen on the topic by this process, duplicates included");

  /**
   * @param listLength answers in the list of the newest
   */
  public AnswersSection(int listLength) {
    if (listLength < 1) throw new IllegalArgumentException("the list holds at least one answer: " + listLength);
    this.listLength = listLength;
  }

  @Override
  public List<Feed<?>> feeds() {
    return List.of(
        Feed.of(Topics.QUESTIONS, Feed.From.TAIL, this::question),
        Feed.of(Topics.ANSWERS, Feed.From.TAIL, this::answer),
        Feed.of(Topics.LABELS, Feed.From.TAIL, this::label));
  }

  private void question(Received<Question> record) {
    if (record.value() == null) return;
    texts.put(record.key(), AnswerView.shorten(record.value().getText()));
    for (Listed listed : newest) {
      if (listed.questionId().equals(record.key())) changed.add(listed.answer().getAnswerId());
    }
  }

  private void answer(Received<Answer> record) {
    Answer answer = record.value();
    if (answer == null) return;
    Tracked t = tracked.computeIfAbsent(answer.getAnswerId(), id -> new Tracked());
    if (t.decision != null) return;
    t.model = answer.getModelVersion();
    t.decision = answer.getDecision();
    t.answeredAtMicros = Times.micros(answer.getAnsweredAt());
    settle(t);
    answers.add(
        Labels.of(
            "topic", Topics.ANSWERS.name(),
            "model_version", answer.getModelVersion(),
            "policy_version", answer.getPolicyVersion(),
            "decision", answer.getDecision().name().toLowerCase(Locale.ROOT)),
        1);
    newest.add(new Listed(record.key(), answer));
    if (newest.size() > listLength) newest.pollFirst();
    changed.add(answer.getAnswerId());
  }

  private void label(Received<Label> record) {
    Label label = record.value();
    if (label == null) return;
    labels.add(
        Labels.of(
            "topic", Topics.LABELS.name(),
            "source", label.getSource().name().toLowerCase(Locale.ROOT),
            "action", label.getAction().name().toLowerCase(Locale.ROOT)),
        1);
    Tracked t = tracked.computeIfAbsent(label.getAnswerId(), id -> new Tracked());
    t.labels.add(label);
    if (t.decision != null) settle(t);
    changed.add(label.getAnswerId());
  }

  /** Moves an answer to the outcome that its decision and label give it now. */
  private void settle(Tracked t) {
    Outcome now = Outcome.of(t.decision, t.labels.current().map(Label::getCorrect).orElse(null));
    if (now == t.outcome) return;
    if (t.outcome != null) activity.add(t.model, t.answeredAtMicros, t.outcome, -1);
    activity.add(t.model, t.answeredAtMicros, now, 1);
    t.outcome = now;
  }

  @Override
  public void publish(Hub hub) {
    Set<String> listed = new HashSet<>();
    for (Listed l : newest) {
      String id = l.answer().getAnswerId();
      listed.add(id);
      if (!changed.contains(id)) continue;
      Tracked t = tracked.get(id);
      Label label = t == null ? null : t.labels.current().orElse(null);
      hub.put("answer", id, AnswerView.of(l.answer(), texts.get(l.questionId()), label));
    }
    shown.stream().filter(id -> !listed.contains(id)).forEach(id -> hub.remove("answer", id));
    shown.clear();
    shown.addAll(listed);
    changed.clear();
    for (Activity.View view : activity.takeChanges()) {
      hub.put("activity", view.model() + " " + view.bucketSeconds(), view);
    }
  }

  @Override
  public List<MetricSnapshot> metrics() {
    return List.of(answers.snapshot(), labels.snapshot());
  }
}
