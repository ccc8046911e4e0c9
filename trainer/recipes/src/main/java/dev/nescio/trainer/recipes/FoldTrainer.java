package dev.nescio.trainer.recipes;

import java.io.IOException;
import java.util.List;

/** Tunes the base model briefly on one half of the items, for cross-fitted scoring. */
@FunctionalInterface
public interface FoldTrainer {

  /**
   * @param fold items to train on
   * @param index 0 or 1
   * @return id of the adapter, loaded in the model that the scorer asks; the caller unloads it after the scoring
   * @throws IOException when the adapter cannot be written or loaded
   */
  String train(List<KnowledgeItem> fold, int index) throws IOException;
}
