package dev.nescio.trainer.recipes;

/** The disjoint parts of a data set. */
public enum Split {
  /** Trained on; exemplars come from here. */
  TRAINING,
  /** Calibrators, thresholds and hyper-parameters are fitted here. */
  CALIBRATION,
  /** Decides between champion and candidate. */
  GATE,
  /** Informs no choice. */
  REPORT
}
