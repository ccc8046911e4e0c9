package dev.nescio.evaluation;

import dev.nescio.schemas.Reference;
import java.util.Comparator;
import java.util.List;

/**
 * What the join keeps of a reference.
 *
 * @param answers    accepted answers
 * @param answerable false for an item without an answer; its candidates are not graded
 * @param revision   a later revision wins
 * @param recordedAt microseconds since 1970
 */
record ReferenceFacts(List<String> answers, boolean answerable, long revision, long recordedAt) {

  private static final Comparator<ReferenceFacts> WRITERS =
      Comparator.comparingLong(ReferenceFacts::revision).thenComparingLong(ReferenceFacts::recordedAt);

  ReferenceFacts {
    answers = List.copyOf(answers);
  }

  static ReferenceFacts of(Reference reference) {
    return new ReferenceFacts(reference.getAnswers(), reference.getAnswerable(), reference.getRevision(),
        AnswerFacts.micros(reference.getRecordedAt()));
  }

  /** True when this one replaces {@code other}; the later record wins a tie. */
  boolean replaces(ReferenceFacts other) {
    return WRITERS.compare(this, other) >= 0;
  }

  /** True when a grade by one holds for the other. */
  boolean gradesLike(ReferenceFacts other) {
    return answerable == other.answerable && answers.equals(other.answers);
  }

  void write(FieldWriter out) {
    out.texts(answers).flag(answerable).number(revision).number(recordedAt);
  }

  static ReferenceFacts read(FieldReader in) {
    return new ReferenceFacts(in.texts(), in.flag(), in.number(), in.number());
  }
}
