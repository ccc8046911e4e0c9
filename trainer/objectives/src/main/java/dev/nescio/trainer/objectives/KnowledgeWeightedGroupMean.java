package dev.nescio.trainer.objectives;

import ai.djl.ndarray.NDArray;

/**
 * The loss that the released KWT trainer computes for a micro-batch: for the known and for the unknown examples each
 * the token mean of the group times the mean weight of the group, and the two terms added. For comparison with published
 * numbers; one unknown example in a batch has the leverage of a whole group.
 *
 * <p>An example's value is its share of its group's term, times B, so that the mean of the values is that loss.
 *
 * <p>Source: the code of Lee et al. 2026 (KWT, arXiv 2604.05779).
 */
public record KnowledgeWeightedGroupMean() implements Objective {

  @Override
  public String name() {
    return "knowledge-weighted:reduction=group-mean";
  }

  @Override
  public NDArray values(TargetLosses batch) {
    NDArray unknown = batch.unknown();
    NDArray known = unknown.neg().add(1f);
    return share(batch, known).add(share(batch, unknown)).mul(batch.examples());
  }

  /** [B], what each example adds to the term of a group; 0 for the others, and for all when the group is empty. */
  private static NDArray share(TargetLosses batch, NDArray member) {
    // At least one in each divisor, which only matters for an empty group, whose numerators are 0.
    NDArray meanWeight = batch.weights().mul(member).sum().div(member.sum().maximum(1f));
    NDArray groupTokens = batch.tokens().mul(member).sum().maximum(1f);
    return batch.sums().mul(member).div(groupTokens).mul(meanWeight);
  }
}
