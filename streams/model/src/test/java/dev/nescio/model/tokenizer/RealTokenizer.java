package dev.nescio.model.tokenizer;

import dev.nescio.model.RealModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** The real model's tokenizer, opened once for all tries of a property. */
final class RealTokenizer {

  /** Id of {@code <IDK>}, which is added. */
  static final int IDK = 49_152;

  private static ModelTokenizer shared;

  private RealTokenizer() {}

  /** Aborts the test where the model cannot be had. */
  static synchronized ModelTokenizer shared() {
    if (shared == null) {
      try {
        shared = ModelTokenizer.open(RealModel.directory(), Optional.of(IDK), 2);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }
}
