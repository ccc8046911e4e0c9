package dev.nescio.model.llama;

/** Where the embedding row of {@code <IDK>} comes from when weights are read. */
public sealed interface IdkRow {

  /** The model has no {@code <IDK>}. */
  record None() implements IdkRow {}

  /** The last row of the checkpoint's embedding is that of {@code <IDK>}: the model was tuned as a whole and saved. */
  record Last() implements IdkRow {}

  /**
   * A new row: the mean of other rows.
   *
   * @param tokens ids of "I don't know"
   */
  record MeanOf(int... tokens) implements IdkRow {

    public MeanOf {
      if (tokens.length == 0) throw new IllegalArgumentException("a mean needs at least one row");
      tokens = tokens.clone();
    }

    @Override
    public int[] tokens() {
      return tokens.clone();
    }
  }
}
