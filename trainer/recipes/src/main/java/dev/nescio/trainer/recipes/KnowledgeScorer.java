package dev.nescio.trainer.recipes;

import java.util.List;

/** Asks a model about items several times and counts the correct answers. */
public interface KnowledgeScorer {

  /** How this scorer asks. */
  KnowledgeProtocol protocol();

  /**
   * @param items    of one split, with different questionIds
   * @param progress hears of every batch
   * @return one score an item, in the order of the items; the same for the same seed
   */
  List<KnowledgeScore> score(List<KnowledgeItem> items, ScoringProgress progress);
}
