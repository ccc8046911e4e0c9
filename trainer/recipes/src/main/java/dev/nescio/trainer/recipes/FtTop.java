package dev.nescio.trainer.recipes;

import java.util.Optional;

/**
 * Fine-tuning on what the model knows already: items with at least one correct sample, all with weight 1.
 *
 * <p>Source: the baseline FT-TOP of Lee et al. 2026 (KWT, arXiv 2604.05779).
 */
public record FtTop() implements Recipe {

  @Override
  public String name() {
    return "ft-top";
  }

  @Override
  public Knowledge needs() {
    return Knowledge.SAMPLES;
  }

  @Override
  public Preparation prepare(KnowledgeItem item, Optional<KnowledgeScore> score) {
    KnowledgeScore known = Preparing.require(this, item, score);
    if (known.unknown()) return new LeftOut(item.questionId(), "no sample was correct");
    return Preparing.example(this, item, score, TargetLayout.PLAIN, 1);
  }
}
