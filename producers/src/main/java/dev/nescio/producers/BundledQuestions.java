package dev.nescio.producers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Questions that come with the product; {@code data/ATTRIBUTION.md} beside them has source and licence (ODbL-1.0). */
public final class BundledQuestions {

  private static final String WORLD_FACTS = "data/world-facts.jsonl";

  private BundledQuestions() {}

  /** 934 questions about capitals, continents, currencies and demonyms, in the order of the file. */
  public static List<QuestionItem> worldFacts() {
    try (InputStream in = BundledQuestions.class.getClassLoader().getResourceAsStream(WORLD_FACTS)) {
      if (in == null) {
        throw new IllegalStateException("The bundled questions " + WORLD_FACTS + " are not on the class path");
      }
      return QuestionFile.read(in, WORLD_FACTS).orFail();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled questions " + WORLD_FACTS, e);
    }
  }
}
