package dev.nescio.trainer.recipes;

import java.util.Optional;

/** Turns an item and what a model knows about it into a training example. Stateless and thread-safe. */
public interface Recipe {

  /** Stable id with every parameter that changes an example: {@code kwt:weights=familiarity,target=append}. */
  String name();

  /** What has to be known about an item before it can be prepared. */
  Knowledge needs();

  /**
   * @param item  one item of the training split
   * @param score of that item, as {@link #needs} says; empty when none is needed
   * @return an example, or why the item is left out
   * @throws IllegalArgumentException when the score is missing or of another item
   */
  Preparation prepare(KnowledgeItem item, Optional<KnowledgeScore> score);

  /** Kinds of knowledge. */
  enum Knowledge {
    /** None: every item is treated alike. */
    NONE,
    /** Sampled answers, see {@link ScoringConfig#published}. */
    SAMPLES,
    /** One greedy answer, see {@link ScoringConfig#greedy}. */
    GREEDY
  }

  /** What became of an item. */
  sealed interface Preparation {}

  /** It is trained on. */
  record Prepared(TrainingExample example) implements Preparation {}

  /** It is left out; the reason has no item in it, so that equal reasons can be counted. */
  record LeftOut(String questionId, String reason) implements Preparation {}
}
