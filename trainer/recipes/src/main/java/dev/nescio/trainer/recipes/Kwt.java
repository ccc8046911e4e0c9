package dev.nescio.trainer.recipes;

import java.util.Objects;
import java.util.Optional;

/**
 * Knowledge-weighted fine-tuning: the loss of an item is weighted by what the model knew about it, and items it never
 * got right learn to be followed by {@code <IDK>}.
 *
 * <p>Source: Lee et al. 2026 (arXiv 2604.05779), sections 3.2 and 3.3, appendix D for the other layouts.
 *
 * @param weights how correct samples become a weight
 * @param target  where {@code <IDK>} stands for an item with no correct sample
 */
public record Kwt(KnowledgeWeight weights, TargetLayout target) implements Recipe {

  public Kwt {
    Objects.requireNonNull(weights, "weights");
    Objects.requireNonNull(target, "target");
  }

  /** The published default: familiarity weights, {@code <IDK>} appended. */
  public static Kwt published() {
    return new Kwt(KnowledgeWeight.FAMILIARITY, TargetLayout.APPEND);
  }

  @Override
  public String name() {
    return "kwt:weights=" + weights.id() + ",target=" + target.id();
  }

  @Override
  public Knowledge needs() {
    return Knowledge.SAMPLES;
  }

  @Override
  public Preparation prepare(KnowledgeItem item, Optional<KnowledgeScore> score) {
    KnowledgeScore known = Preparing.require(this, item, score);
    TargetLayout layout = known.unknown() ? target : TargetLayout.PLAIN;
    return Preparing.example(this, item, score, layout, weights.of(known.correct(), known.sampleCount()));
  }
}
