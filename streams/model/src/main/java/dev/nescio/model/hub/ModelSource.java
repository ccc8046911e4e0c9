package dev.nescio.model.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a model comes from. Resolving twice fetches once; what is fetched appears in the cache whole or not at all. */
public sealed interface ModelSource permits DefaultModel, LocalModel, HubModel {

  /** The public hub. */
  URI HUB = URI.create("https://huggingface.co");

  /**
   * Makes the model available.
   *
   * @param cache directory for downloads and imports, made if need be
   * @return a directory in Hugging Face layout
   * @throws IOException whose message says what was tried and what to do
   */
  Path resolve(Path cache) throws IOException;

  /** Name for people. */
  String name();

  /**
   * Reads what a user wrote.
   *
   * @param text {@code default} or nothing, {@code hub:ID@REVISION}, or a directory or {@code .gguf} file
   * @param hub  base address of the hub
   * @throws IllegalArgumentException if a hub name is incomplete
   */
  static ModelSource parse(String text, URI hub) {
    if (text.isBlank() || text.equals("default")) return new DefaultModel();
    if (!text.startsWith("hub:")) return new LocalModel(Path.of(text));
    Matcher matcher = Pattern.compile("hub:([^@]+)@([^@]+)").matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' names no revision; write hub:ID@REVISION, for example "
          + "hub:HuggingFaceTB/SmolLM2-135M-Instruct@main");
    }
    return new HubModel(matcher.group(1), matcher.group(2), hub);
  }
}
