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
  LATE,
  GRADER_RIGHT_PERSON_RIGHT,
  GRADER_RIGHT_PERSON_WRONG,
  GRADER_WRONG_PERSON_RIGHT,
  GRADER_WRONG_PERSON_WRONG,
  JUDGE_RIGHT_PERSON_RIGHT,
  JUDGE_RIGHT_PERSON_WRONG,
  JUDGE_WRONG_PERSON_RIGHT,
  JUDGE_WRONG_PERSON_WRONG;

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
      case GRADER_RIGHT_PERSON_RIGHT -> both(c.opinions().grader(), true, c.opinions().person(), true);
      case GRADER_RIGHT_PERSON_WRONG -> both(c.opinions().grader(), true, c.opinions().person(), false);
      case GRADER_WRONG_PERSON_RIGHT -> both(c.opinions().grader(), false, c.opinions().person(), true);
      case GRADER_WRONG_PERSON_WRONG -> both(c.opinions().grader(), false, c.opinions().person(), false);
      case JUDGE_RIGHT_PERSON_RIGHT -> both(c.opinions().judge(), true, c.opinions().person(), true);
      case JUDGE_RIGHT_PERSON_WRONG -> both(c.opinions().judge(), true, c.opinions().person(), false);
      case JUDGE_WRONG_PERSON_RIGHT -> both(c.opinions().judge(), false, c.opinions().person(), true);
      case JUDGE_WRONG_PERSON_WRONG -> both(c.opinions().judge(), false, c.opinions().person(), false);
    };
  }

  private static long both(Boolean said, boolean right, Boolean person, boolean personRight) {
    return one(said != null && person != null && said == right && person == personRight);
  }

  private static long one(boolean counts) {
    return counts ? 1 : 0;
  }
}
