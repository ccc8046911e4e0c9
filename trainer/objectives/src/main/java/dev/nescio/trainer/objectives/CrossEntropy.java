package dev.nescio.trainer.objectives;

import ai.djl.ndarray.NDArray;

/** The mean cross-entropy of an example's target tokens, in nats; weights are ignored. Plain supervised fine-tuning. */
public record CrossEntropy() implements Objective {

  @Override
  public String name() {
    return "cross-entropy";
  }

  @Override
  public NDArray values(TargetLosses batch) {
    return batch.sums().div(batch.tokens());
  }
}
