package dev.nescio.model;

import dev.nescio.bytemodel.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tiny reference model with a tokenizer of single bytes, as a directory of its own. */
public final class TinyModel {

  private static final int VOCABULARY = 512;

  private TinyModel() {}

  /** Ids 0 to 2 are special, 3 to 258 the bytes, the rest never occurs in text. */
  public static Path write(Path directory) throws IOException {
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(Golden.path("tiny/" + file), directory.resolve(file));
    }
    new ByteTokenizer(ByteTokenizer.SPECIAL, VOCABULARY).write(directory);
    return directory;
  }
}
