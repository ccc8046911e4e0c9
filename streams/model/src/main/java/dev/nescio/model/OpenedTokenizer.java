package dev.nescio.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model's tokenizer and where the row of {@code <IDK>} comes from.
 */
record OpenedTokenizer(ModelTokenizer tokenizer, IdkRow idk) {

  /** @param idk true to add {@code <IDK>} where the model was not tuned with it */
  static OpenedTokenizer open(Path directory, LlamaConfig config, boolean idk) throws IOException {
    Optional<Integer> present = ModelTokenizer.idkIn(directory);
    boolean tuned = present.isPresent() && present.get() == config.vocabSize() - 1;
    Optional<Integer> id = tuned ? present : idk ? Optional.of(config.vocabSize()) : Optional.empty();
    ModelTokenizer tokenizer = ModelTokenizer.open(directory, id, config.endTokenId());
    IdkRow row = tuned ? new IdkRow.Last()
        : idk ? new IdkRow.MeanOf(tokenizer.idkWords()) : new IdkRow.None();
    return new OpenedTokenizer(tokenizer, row);
  }
}
