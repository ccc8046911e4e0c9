package dev.nescio.evaluation;

import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The slow, obvious answer: given everything that ever came, with the order of the partition, what counts and where is
 * each record. Shares no code with the join beyond the fact records.
 */
final class BatchOracle {

  /** One verdict on one answer; {@code label} is null without one in force. */
  record Verdict(AnswerFacts answer, LabelFacts label) {
    boolean observed() {
      return answer.decision() != Decision.ERROR && label != null && label.correct() != null;
    }
  }

  private final Map<String, Verdict> verdicts = new LinkedHashMap<>();
  private final Map<String, Long> labelClasses = new TreeMap<>();
  private final Map<String, Long> answerClasses = new TreeMap<>();

  BatchOracle(List<AnswerFacts> answers, List<LabelFacts> labels, long horizonMicros) {
    Map<String, AnswerFacts> distinct = new LinkedHashMap<>();
    answers.forEach(answer -> distinct.putIfAbsent(answer.answerId(), answer));
    List<LabelFacts> first = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (LabelFacts label : labels) {
      if (ids.add(label.labelId())) first.add(label);
      else count(labelClasses, "duplicate");
    }
    for (LabelFacts label : first) {
      AnswerFacts answer = distinct.get(label.answerId());
      if (answer == null) count(labelClasses, "waiting");
      else if (label.labelledAt() - answer.answeredAt() > horizonMicros) count(labelClasses, "late");
    }
    for (AnswerFacts answer : distinct.values()) {
      judge(answer, first.stream().filter(label -> label.answerId().equals(answer.answerId())
          && label.labelledAt() - answer.answeredAt() <= horizonMicros).toList());
    }
  }

  List<Verdict> verdicts() {
    return List.copyOf(verdicts.values());
  }

  Map<String, Long> labelClasses() {
    return labelClasses;
  }

  Map<String, Long> answerClasses() {
    return answerClasses;
  }

  private void judge(AnswerFacts answer, List<LabelFacts> labels) {
    LabelFacts inForce = null;
    for (String source : List.of("PERSON", "JUDGE", "GRADER", "SIGNAL")) {
      List<LabelFacts> said = labels.stream().filter(label -> label.source() == LabelSource.valueOf(source))
          .sorted(Comparator.<LabelFacts>comparingLong(l -> l.revision()).thenComparing(l -> l.labelledAt())
              .thenComparing(l -> l.offset())).toList();
      if (said.isEmpty()) continue;
      LabelFacts last = said.getLast();
      if (inForce == null && !last.retract()) inForce = last;
      for (LabelFacts label : said) {
        if (label.retract()) count(labelClasses, "retraction");
        else if (label == inForce) count(labelClasses, "joined");
        else count(labelClasses, last.retract() ? "retracted" : "superseded");
      }
    }
    verdicts.put(answer.answerId(), new Verdict(answer, inForce));
    count(answerClasses, answer.decision() == Decision.ERROR ? "error" : inForce == null ? "waiting" : "labelled");
  }

  private static void count(Map<String, Long> classes, String name) {
    classes.merge(name, 1L, Long::sum);
  }
}
