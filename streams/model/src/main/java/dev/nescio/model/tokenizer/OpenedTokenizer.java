package dev.nescio.model.tokenizer;

import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model's tokenizer and where the row of {@code <IDK>} comes from.
 *
 * @param tokenizer the receiver's to close
 */
public record OpenedTokenizer(ModelTokenizer tokenizer, IdkRow idk) {

  /**
   * Opens the tokenizer of a directory.
   *
   * @param idk true to add {@code <IDK>} where the model was not tuned with it
   * @throws IOException naming the file that is missing or damaged
   */
  public static OpenedTokenizer open(Path directory, LlamaConfig config, boolean idk) throws IOException {
    Optional<Integer> present = ModelTokenizer.idkIn(directory);
    boolean tuned = present.isPresent() && present.get() == config.vocabSize() - 1;
    Optional<Integer> id = tuned ? present : idk ? Optional.of(config.vocabSize()) : Optional.empty();
    ModelTokenizer tokenizer = ModelTokenizer.open(directory, id, config.endTokenId());
    IdkRow row = tuned ? new IdkRow.Last()
        : idk ? new IdkRow.MeanOf(tokenizer.idkWords()) : new IdkRow.None();
    return new OpenedTokenizer(tokenizer, row);
  }
}
