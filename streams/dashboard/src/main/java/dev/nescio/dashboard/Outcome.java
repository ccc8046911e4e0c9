package dev.nescio.dashboard;

import dev.nescio.schemas.Decision;

/** What became of an answer; the order is that of the numbers in a bucket of the activity chart. */
public enum Outcome {
  ANSWERED_CORRECT,
  ANSWERED_WRONG,
  ANSWERED_UNLABELLED,
  IDK_CORRECT,
  IDK_WRONG,
  IDK_UNLABELLED,
  ERROR;

  /**
   * The outcome of a decision about a candidate.
   *
   * @param correct verdict of the label that counts; null when there is none or it is ungradable
   */
  public static Outcome of(Decision decision, Boolean correct) {
    return switch (decision) {
      case ANSWER -> correct == null ? ANSWERED_UNLABELLED : correct ? ANSWERED_CORRECT : ANSWERED_WRONG;
      case IDK -> correct == null ? IDK_UNLABELLED : correct ? IDK_CORRECT : IDK_WRONG;
      case ERROR -> ERROR;
    };
  }
}
