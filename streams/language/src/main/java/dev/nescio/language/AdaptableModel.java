package dev.nescio.language;

import java.io.IOException;
import java.nio.file.Path;

/** A model that holds several adapters over one base in memory and picks one for each request. */
public interface AdaptableModel extends LanguageModel {

  /**
   * Loads an adapter directory in PEFT layout; loading the same adapter twice is one adapter.
   *
   * @return its id, the SHA-256 of its weights and configuration, as it stands in {@link GenerationRequest#adapter}
   * @throws IOException with the file and the way out, when the directory is incomplete or does not fit the base
   */
  String loadAdapter(Path directory) throws IOException;

  /** Frees an adapter; requests that name it are refused from now on, those under way finish first. */
  void unloadAdapter(String id);
}
