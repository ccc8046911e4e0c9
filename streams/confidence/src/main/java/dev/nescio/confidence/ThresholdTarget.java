package dev.nescio.confidence;

/**
 * What a threshold is fitted for. The last two are different promises and never stand for each other: one is about the
 * answers that are given, the other about all questions.
 */
public enum ThresholdTarget {
  /** Largest nAUPC on the calibration answers. */
  MAX_NAUPC,
  /** Share of flagged among correct answers at most alpha, on average over calibration sets. */
  A_FPR_AT_MOST,
  /** Share of wrong among answered questions at most alpha, with probability 1 - delta over calibration sets. */
  ERROR_AMONG_ANSWERED_AT_MOST,
  /** Share of questions that are answered and wrong at most alpha, on average over calibration sets. */
  WRONG_AND_ANSWERED_AT_MOST
}
