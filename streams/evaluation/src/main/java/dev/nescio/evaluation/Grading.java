package dev.nescio.evaluation;

import dev.nescio.grading.Grader;
import dev.nescio.grading.Graders;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LabelAction;
import dev.nescio.schemas.LabelSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Grades an answer against a reference. The label is a function of the two records, its id included, so grading again
 * makes a duplicate and not a second opinion.
 *
 * <p>An item without an answer, and a reference without accepted answers, cannot be graded: the label then has no
 * verdict and says why.
 */
final class Grading {

  private final Grader headline;
  private final List<Grader> graders;

  Grading(String headlineGrader) {
    this.headline = Graders.named(headlineGrader);
    this.graders = Graders.all();
  }

  Label grade(AnswerFacts answer, ReferenceFacts reference) {
    String reason = ungradable(reference);
    Map<String, Boolean> grades = new TreeMap<>();
    if (reason == null) {
      for (Grader grader : graders) grades.put(grader.name(), grader.correct(answer.candidate(), reference.answers()));
    }
    return Label.newBuilder()
        .setLabelId(labelId(answer, reference))
        .setAnswerId(answer.answerId())
        .setAction(LabelAction.ASSERT)
        .setCorrect(grades.get(headline.name()))
        .setGrades(grades)
        .setSource(LabelSource.GRADER)
        .setPrincipal("grader:" + headline.name())
        .setRevision(reference.revision())
        .setLabelledAt(instant(Math.max(answer.answeredAt(), reference.recordedAt())))
        .setReason(reason)
        .build();
  }

  static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static String ungradable(ReferenceFacts reference) {
    if (!reference.answerable()) return "ungradable: the item has no answer";
    return reference.answers().isEmpty() ? "ungradable: the reference accepts no answer" : null;
  }

  private String labelId(AnswerFacts answer, ReferenceFacts reference) {
    List<String> parts = new ArrayList<>(List.of(answer.answerId(), Long.toString(reference.revision()),
        Long.toString(reference.recordedAt()), Boolean.toString(reference.answerable()), headline.name()));
    graders.forEach(grader -> parts.add(grader.name()));
    parts.addAll(reference.answers());
    return "grade-" + Hashes.of(parts);
  }
}
