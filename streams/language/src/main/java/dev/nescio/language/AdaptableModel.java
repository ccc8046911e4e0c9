package dev.nescio.language;

import java.io.IOException;
import java.nio.file.Path;

/** A model that holds several adapters over one base in memory and picks one for each request. */
public interface AdaptableModel extends LanguageModel {

  /**
   * Loads an adapter directory in PEFT layout. Loading the same adapter again costs nothing and is counted: it stays
   * until it was unloaded as often.
   *
   * @return its id, the SHA-256 of its weights and configuration, as it stands in {@link GenerationRequest#adapter}
   * @throws IOException with the file and the way out, when the directory is incomplete or does not fit the base
   */
  String loadAdapter(Path directory) throws IOException;

  /**
   * Takes one loading back. With the last one the adapter is freed: requests that name it are refused from now on, those
   * under way finish first.
   *
   * @throws UnknownAdapterException if no adapter of that id is loaded
   */
  void unloadAdapter(String id);
}
