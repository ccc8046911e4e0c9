package dev.nescio.trainer.objectives;

import ai.djl.ndarray.NDArray;

/**
 * Weight times the mean cross-entropy of an example's target tokens: {@code w_i / |y_i| * sum_t -ln p(y_it)}.
 *
 * <p>Source: Lee et al. 2026 (KWT, arXiv 2604.05779), the per-sample form of the loss.
 */
public record KnowledgeWeighted() implements Objective {

  @Override
  public String name() {
    return "knowledge-weighted";
  }

  @Override
  public NDArray values(TargetLosses batch) {
    return batch.sums().div(batch.tokens()).mul(batch.weights());
  }
}
