package dev.nescio.confidence;

/** What a threshold is fitted for. */
public enum ThresholdTarget {
  /** Largest nAUPC on the calibration answers. */
  MAX_NAUPC,
  /** Share of flagged among correct answers at most alpha, on average over calibration sets. */
  A_FPR_AT_MOST
}
