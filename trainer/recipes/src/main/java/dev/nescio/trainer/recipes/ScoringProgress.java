package dev.nescio.trainer.recipes;

/** Hears how far scoring is. Called after every call of the model, from the scoring thread. */
@FunctionalInterface
public interface ScoringProgress {

  /** Hears nothing. */
  ScoringProgress SILENT = (done, total) -> { };

  /**
   * @param done  samples made so far
   * @param total samples wanted
   */
  void sampled(int done, int total);
}
