package dev.nescio.loadtests.kill;

import dev.nescio.loadtests.kill.Seen.Placed;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The batch computation: given every record of the topics of answers and labels, what counts and where each record is.
 * Written from the label contract and sharing no code with evaluation.
 */
final class Truth {

  /** Of evaluation, by default. */
  static final Duration HORIZON = Duration.ofDays(7);

  private static final List<LabelSource> BY_RANK =
      List.of(LabelSource.PERSON, LabelSource.JUDGE, LabelSource.GRADER, LabelSource.SIGNAL);

  private static final Comparator<Placed> WRITERS =
      Comparator.comparingLong((Placed placed) -> placed.label().getRevision())
          .thenComparing(placed -> placed.label().getLabelledAt()).thenComparingLong(Placed::offset);

  /**
   * What is true of one answer.
   *
   * @param label in force, or null
   * @param late  labels about it that came too late
   */
  record Verdict(Answer answer, Label label, long late) {

    boolean failed() {
      return answer.getDecision() == Decision.ERROR;
    }

    boolean labelled() {
      return label != null && !failed();
    }

    /** Null without a verdict. */
    Boolean correct() {
      return labelled() ? label.getCorrect() : null;
    }
  }

  private final Map<String, Verdict> verdicts = new LinkedHashMap<>();
  private final Map<String, Long> labelClasses = new TreeMap<>();
  private final Map<String, Long> answerClasses = new TreeMap<>();
  private final Set<String> lateLabels = new HashSet<>();

  /** @param unreadable label records that nobody can read */
  Truth(List<Answer> answers, List<Placed> labels, long unreadable) {
    Map<String, Answer> distinct = new LinkedHashMap<>();
    answers.forEach(answer -> distinct.putIfAbsent(answer.getAnswerId(), answer));
    Map<String, List<Placed>> byAnswer = new HashMap<>();
    Set<String> ids = new HashSet<>();
    for (Placed placed : labels) {
      Label label = placed.label();
      if (!ids.add(label.getLabelId())) {
        count(labelClasses, "duplicate");
      } else if (!distinct.containsKey(label.getAnswerId())) {
        count(labelClasses, "waiting");
      } else {
        byAnswer.computeIfAbsent(label.getAnswerId(), id -> new ArrayList<>()).add(placed);
      }
    }
    if (unreadable > 0) labelClasses.put("dead-lettered", unreadable);
    distinct.forEach((id, answer) -> verdicts.put(id, judge(answer, byAnswer.getOrDefault(id, List.of()))));
  }

  /** By answer id. */
  Map<String, Verdict> verdicts() {
    return verdicts;
  }

  /** Label records by class; classes without any are not there. */
  Map<String, Long> labelClasses() {
    return labelClasses;
  }

  /** Distinct answers by class; classes without any are not there. */
  Map<String, Long> answerClasses() {
    return answerClasses;
  }

  /** Labels given after the horizon. */
  Set<String> lateLabels() {
    return lateLabels;
  }

  private Verdict judge(Answer answer, List<Placed> labels) {
    Label inForce = null;
    long late = 0;
    Map<LabelSource, List<Placed>> bySource = new HashMap<>();
    for (Placed placed : labels) {
      if (placed.label().getLabelledAt().isAfter(answer.getAnsweredAt().plus(HORIZON))) {
        late++;
        lateLabels.add(placed.label().getLabelId());
        count(labelClasses, "late");
      } else {
        bySource.computeIfAbsent(placed.label().getSource(), source -> new ArrayList<>()).add(placed);
      }
    }
    for (LabelSource source : BY_RANK) {
      List<Placed> said = bySource.getOrDefault(source, List.of());
      if (said.isEmpty()) continue;
      Label last = said.stream().max(WRITERS).orElseThrow().label();
      boolean takenBack = last.getAction() == LabelAction.RETRACT;
      if (inForce == null && !takenBack) inForce = last;
      for (Placed placed : said) {
        if (placed.label().getAction() == LabelAction.RETRACT) count(labelClasses, "retraction");
        else if (placed.label() == inForce) count(labelClasses, "joined");
        else count(labelClasses, takenBack ? "retracted" : "superseded");
      }
    }
    Verdict verdict = new Verdict(answer, inForce, late);
    count(answerClasses, verdict.failed() ? "error" : verdict.labelled() ? "labelled" : "waiting");
    return verdict;
  }

  private static void count(Map<String, Long> classes, String name) {
    classes.merge(name, 1L, Long::sum);
  }
}
