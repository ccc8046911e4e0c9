package dev.nescio.evaluation;

import dev.nescio.schemas.Decision;
import java.util.Locale;

/** What is counted of answers before any calibrator or label exists; names as in {@code CalibrationSnapshot.counts}. */
enum Count {
  ANSWERS,
  LABELLED,
  WAITING,
  ERRORS,
  UNGRADABLE,
  UNCALIBRATED,
  IDK,
  ANSWERED,
  LATE;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How much a contribution counts here. */
  long of(Contribution c) {
    AnswerFacts answer = c.answer();
    return switch (this) {
      case ANSWERS -> 1;
      case LABELLED -> one(c.labelled());
      case WAITING -> one(!c.labelled() && !answer.failed());
      case ERRORS -> one(answer.failed());
      case UNGRADABLE -> one(c.labelled() && c.correct() == null);
      case UNCALIBRATED -> one(!answer.failed() && answer.confidence().isEmpty());
      case IDK -> one(answer.decision() == Decision.IDK);
      case ANSWERED -> one(answer.decision() == Decision.ANSWER);
      case LATE -> c.late();
    };
  }

  private static long one(boolean counts) {
    return counts ? 1 : 0;
  }
}
