package dev.nescio.trainer.recipes;

import java.util.List;

/**
 * How often a model answered an item right.
 *
 * <p>Source: Lee et al. 2026 (KWT, arXiv 2604.05779), section 3.1. Empty samples count as wrong and stay in {@code S}.
 *
 * @param questionId  the item
 * @param modelDigest model and adapter that were asked; never one that was trained on the item
 * @param protocol    how it was asked
 * @param grader      name of the grader
 * @param samples     the S samples, at least one
 */
public record KnowledgeScore(
    String questionId, String modelDigest, KnowledgeProtocol protocol, String grader, List<GradedSample> samples) {

  public KnowledgeScore {
    samples = List.copyOf(samples);
    if (samples.isEmpty()) throw new IllegalArgumentException("a score of " + questionId + " without samples");
  }

  /** S, the number of samples. */
  public int sampleCount() {
    return samples.size();
  }

  /** Samples graded correct, 0 to S. */
  public int correct() {
    return (int) samples.stream().filter(GradedSample::correct).count();
  }

  /** Share of correct samples, in [0, 1]. */
  public double value() {
    return (double) correct() / samples.size();
  }

  /** True when no sample was correct. */
  public boolean unknown() {
    return correct() == 0;
  }
}
