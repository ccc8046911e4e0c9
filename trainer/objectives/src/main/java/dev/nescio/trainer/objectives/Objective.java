package dev.nescio.trainer.objectives;

import ai.djl.ndarray.NDArray;

/**
 * A fine-tuning loss on a batch: one value an example, whose mean is minimised. The reduction is the trainer's.
 *
 * <p>Differentiable with respect to the losses; stateless and thread-safe. Extra padding never changes a value, and
 * permuting the batch only permutes the values.
 */
public interface Objective {

  /** Stable id with every parameter that changes a value. */
  String name();

  /**
   * @param batch token losses of B examples
   * @return [B], owned by the manager of the losses; lower is better
   */
  NDArray values(TargetLosses batch);
}
