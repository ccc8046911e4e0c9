package dev.nescio.trainer.recipes;

import java.util.Optional;

/** Plain supervised fine-tuning on every item: the baseline of all other recipes. */
public record Sft() implements Recipe {

  @Override
  public String name() {
    return "sft";
  }

  @Override
  public Knowledge needs() {
    return Knowledge.NONE;
  }

  @Override
  public Preparation prepare(KnowledgeItem item, Optional<KnowledgeScore> score) {
    return Preparing.example(this, item, Optional.empty(), TargetLayout.PLAIN, 1);
  }
}
