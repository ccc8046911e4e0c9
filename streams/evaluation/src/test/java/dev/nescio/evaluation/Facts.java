package dev.nescio.evaluation;

import dev.nescio.schemas.Decision;
import dev.nescio.schemas.LabelSource;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Short ways to write answers and labels in tests. Times are in microseconds. */
final class Facts {

  static final Origin ORIGIN = new Origin("acme", "geo", "base", "d1", "p1", "sequence-probability");

  private Facts() {}

  static AnswerFacts answer(String id, long answeredAt) {
    return answer(id, answeredAt, Decision.ANSWER, OptionalInt.of(700_000_000));
  }

  static AnswerFacts answer(String id, long answeredAt, Decision decision, OptionalInt confidence) {
    return new AnswerFacts(id, ORIGIN, answeredAt, decision, "Lima", confidence, OptionalInt.of(100_000_000),
        OptionalDouble.of(-0.5), false, null, null);
  }

  static LabelFacts says(String id, String answerId, LabelSource source, boolean correct, long revision, long at) {
    return new LabelFacts(Hashes.of(id), answerId, false, correct, source, revision, at, 0, new byte[] {1, 2});
  }

  static LabelFacts retracts(String id, String answerId, LabelSource source, long revision, long at) {
    return new LabelFacts(Hashes.of(id), answerId, true, null, source, revision, at, 0, new byte[0]);
  }

  static LabelFacts at(LabelFacts label, long offset) {
    return new LabelFacts(label.id(), label.answerId(), label.retract(), label.correct(), label.source(),
        label.revision(), label.labelledAt(), offset, label.wire());
  }
}
