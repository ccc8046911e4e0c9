package dev.nescio.trainer.recipes;

import java.util.Optional;

/**
 * R-Tuning as re-implemented for KWT: one greedy answer; where it is wrong, {@code <IDK>} is appended; all weights 1.
 *
 * <p>Source: Zhang et al. 2024 (arXiv 2311.09677) in the form of the baseline of Lee et al. 2026 (arXiv 2604.05779).
 */
public record RTuning() implements Recipe {

  @Override
  public String name() {
    return "r-tuning";
  }

  @Override
  public Knowledge needs() {
    return Knowledge.GREEDY;
  }

  @Override
  public Preparation prepare(KnowledgeItem item, Optional<KnowledgeScore> score) {
    KnowledgeScore greedy = Preparing.require(this, item, score);
    if (greedy.sampleCount() != 1) {
      throw new IllegalArgumentException(
          "r-tuning needs one greedy answer of " + item.questionId() + ", there are " + greedy.sampleCount());
    }
    TargetLayout layout = greedy.unknown() ? TargetLayout.APPEND : TargetLayout.PLAIN;
    return Preparing.example(this, item, score, layout, 1);
  }
}
