package dev.nescio.loadtests.kill;

import dev.nescio.evaluation.KeptAnswer;
import dev.nescio.loadtests.kill.Truth.Verdict;
import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelSource;
import dev.nescio.schemas.topics.Ids;
import dev.nescio.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;

/** What was sent, what is on the topics, and the batch computation from these, beside what the system shows. Pure. */
final class Comparison {

  private static final String ANY = "*";

  private final Ledger ledger;
  private final Seen seen;
  private final Map<String, KeptAnswer> kept;
  private final Deserializer<Label> labels;
  private final Truth truth;
  private final List<String> differences = new ArrayList<>();
  private long lost;
  private long twice;
  private long compared;

  private Comparison(Ledger ledger, Seen seen, Map<String, KeptAnswer> kept, Deserializer<Label> labels) {
    this.kept = new HashMap<>(kept);
    this.labels = labels;
    this.ledger = ledger;
    this.seen = seen;
    this.truth = new Truth(seen.answers, seen.labels, seen.unreadableLabels);
  }

  /**
   * How it stands.
   *
   * @param lost        questions without answer, answers without evidence or grade, labels that are not on the topic,
   *                    records that nobody can read and that were not set aside, late labels that are not ledgered
   * @param twice       the same beyond the first of each
   * @param compared    figures of snapshots, accounting and answers' states
   * @param differences of those, and a sentence on each kind of loss and repetition; empty when all is well
   */
  record Result(long lost, long twice, long compared, List<String> differences) {

    boolean clean() {
      return lost == 0 && twice == 0 && differences.isEmpty();
    }
  }

  /**
   * Compares everything since the start of the system.
   *
   * @param kept   what the store of evaluation has of each answer
   * @param labels reads the labels that the store keeps as they came
   */
  static Result of(Ledger ledger, Seen seen, Map<String, KeptAnswer> kept, Deserializer<Label> labels) {
    Comparison comparison = new Comparison(ledger, seen, kept, labels);
    comparison.answers();
    comparison.labels();
    comparison.setAside();
    comparison.accounts();
    comparison.states();
    Figures.Result figures = Figures.compare(comparison.truth.verdicts().values(), seen.snapshots.values());
    comparison.compared += figures.compared();
    comparison.differences.addAll(figures.differences());
    return new Result(comparison.lost, comparison.twice, comparison.compared,
        List.copyOf(comparison.differences));
  }

  /** True when every question has an answer; cheap, to wait on. */
  static boolean answered(Ledger ledger, Seen seen) {
    return seen.answers.size() >= ledger.askIds.size();
  }

  /** True when evaluation says that it has read all answers and labels too; cheap, and before it nothing is equal. */
  static boolean settled(Ledger ledger, Seen seen) {
    long answersRead = 0;
    long labelsRead = 0;
    for (Accounting accounting : seen.accounts.values()) {
      if (accounting.getPartition().equals(ANY)) continue;
      answersRead += accounting.getAnswersRead() + accounting.getAnswerDuplicates();
      labelsRead += accounting.getLabelsRead();
    }
    return answered(ledger, seen) && answersRead == seen.answers.size()
        && labelsRead == seen.labels.size() + seen.unreadableLabels;
  }

  private void answers() {
    Map<String, Long> answered = new HashMap<>();
    seen.answers.forEach(answer -> answered.merge(answer.getAskId(), 1L, Long::sum));
    once("answer", ledger.askIds, answered);
    List<String> shown = seen.answers.stream().filter(answer -> answer.getDecision() != Decision.ERROR)
        .map(Answer::getAnswerId).distinct().toList();
    once("evidence", shown, seen.evidence);
  }

  private void labels() {
    Map<String, Long> grades = new HashMap<>();
    long given = seen.unreadableLabels;
    for (Seen.Placed placed : seen.labels) {
      if (placed.label().getSource() == LabelSource.GRADER) {
        grades.merge(placed.label().getAnswerId(), 1L, Long::sum);
      } else {
        given++;
      }
    }
    count("label records on the topic", ledger.labelsSent(), given);
    once("grade", seen.answers.stream().filter(answer -> answer.getDecision() != Decision.ERROR)
        .map(Answer::getAnswerId).distinct()
        .filter(id -> ledger.referenced.contains(Ids.questionIdOf(id))).toList(), grades);
    once("ledgered late label", truth.lateLabels(), seen.lateLabels);
  }

  private void setAside() {
    Map<String, Long> aside = new HashMap<>();
    seen.deadLetters.forEach((origin, records) -> {
      aside.merge(origin.getFirst(), 1L, Long::sum);
      if (records > 1) {
        twice += records - 1;
        differences.add("set aside " + records + " times: " + origin);
      }
    });
    for (String topic : List.of(Topics.QUESTIONS.name(), Topics.LABELS.name())) {
      count("dead letters of " + topic, ledger.unreadable.getOrDefault(topic, 0L), aside.getOrDefault(topic, 0L));
    }
    aside.keySet().removeAll(List.of(Topics.QUESTIONS.name(), Topics.LABELS.name()));
    if (!aside.isEmpty()) differences.add("dead letters that nobody sent: " + aside);
  }

  private void accounts() {
    Map<String, Long> labelClasses = new HashMap<>();
    Map<String, Long> answerClasses = new HashMap<>();
    long labelsRead = 0;
    long answersRead = 0;
    for (Accounting accounting : seen.accounts.values()) {
      if (accounting.getPartition().equals(ANY)) continue;
      if (!accounting.getClosed()) differences.add("the accounting of " + accounting.getPartition() + " is open");
      accounting.getLabels().forEach((name, count) -> labelClasses.merge(name, count, Long::sum));
      accounting.getAnswers().forEach((name, count) -> answerClasses.merge(name, count, Long::sum));
      labelsRead += accounting.getLabelsRead();
      answersRead += accounting.getAnswersRead() + accounting.getAnswerDuplicates();
    }
    labelClasses.values().removeIf(count -> count == 0);
    answerClasses.values().removeIf(count -> count == 0);
    expect("label records accounted for", seen.labels.size() + seen.unreadableLabels, labelsRead);
    expect("answer records accounted for", (long) seen.answers.size(), answersRead);
    expect("labels by class", truth.labelClasses(), labelClasses);
    expect("answers by class", truth.answerClasses(), answerClasses);
  }

  /** The label that each answer was last shown together with is the one in force, and the store has the same. */
  private void states() {
    twice += seen.repeatedExamples.size();
    if (!seen.repeatedExamples.isEmpty()) differences.add("shown again with the same label: " + seen.repeatedExamples);
    for (Verdict verdict : truth.verdicts().values()) {
      String answerId = verdict.answer().getAnswerId();
      if (verdict.label() != null) {
        expect("label in force of " + answerId, verdict.label().getLabelId(), seen.lastExample.get(answerId));
      }
      KeptAnswer state = kept.remove(answerId);
      expect("state of " + answerId, parts(verdict), state == null ? null : parts(state));
    }
    if (!kept.isEmpty()) differences.add("states of answers that are not on their topic: " + kept.keySet());
  }

  private static List<Object> parts(Verdict verdict) {
    return Arrays.asList(verdict.answer().getDecision(), Figures.units(verdict.answer().getConfidence()),
        verdict.correct(), verdict.late(), Optional.ofNullable(verdict.label()).map(Label::getLabelId));
  }

  private List<Object> parts(KeptAnswer state) {
    return Arrays.asList(state.decision(), state.confidence(), state.correct(), (long) state.late(),
        state.labelInForce().map(wire -> labels.deserialize(Topics.LABELS.name(), wire).getLabelId()));
  }

  private void once(String what, Iterable<String> due, Map<String, Long> found) {
    Map<String, Long> strangers = new HashMap<>(found);
    for (String id : due) {
      Long times = strangers.remove(id);
      if (times == null) {
        lost++;
        differences.add("no " + what + ": " + id);
      } else if (times > 1) {
        twice += times - 1;
        differences.add(times + " times " + what + ": " + id);
      }
    }
    strangers.forEach((id, times) -> differences.add(what + " that nothing asked for: " + id));
  }

  private void count(String what, long due, long found) {
    if (found < due) lost += due - found;
    if (found > due) twice += found - due;
    expect(what, due, found);
  }

  private void expect(String what, Object batch, Object shown) {
    compared++;
    if (!Objects.equals(batch, shown)) differences.add(what + ": " + batch + " by the batch, " + shown + " shown");
  }
}
