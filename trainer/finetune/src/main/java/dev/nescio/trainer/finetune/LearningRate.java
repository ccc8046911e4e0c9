package dev.nescio.trainer.finetune;

/**
 * The share of the highest learning rate at a step: rises linearly over the first steps, then falls linearly and would
 * be 0 right after the last step. The first step already learns, which in a short run is worth having.
 *
 * @param steps  all steps, at least 1
 * @param warmUp share of them that rise, rounded up
 */
record LearningRate(int steps, double warmUp) {

  /** @param step from 0 */
  double at(int step) {
    int rising = (int) Math.ceil(steps * warmUp);
    if (step < rising) return (step + 1.0) / (rising + 1.0);
    return (steps - step) / (double) (steps - rising);
  }
}
