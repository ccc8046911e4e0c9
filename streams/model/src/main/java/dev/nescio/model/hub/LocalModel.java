package dev.nescio.model.hub;

import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.Sha256;
import dev.nescio.model.gguf.GgufImport;
import dev.nescio.model.llama.LlamaConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory in Hugging Face layout, used where it lies, or a GGUF file, imported into the cache by its digest.
 *
 * @param path directory or {@code .gguf} file
 */
public record LocalModel(Path path) implements ModelSource {

  @Override
  public Path resolve(Path cache) throws IOException {
    if (Files.isDirectory(path)) {
      LlamaConfig.read(path);
      return path;
    }
    if (!Files.exists(path)) {
      throw new ModelFormatException(path + " does not exist; name a model directory, a .gguf file, hub:ID@REVISION "
          + "or default");
    }
    String digest = Sha256.of(path);
    return new ModelCache(cache).get(
        name() + "-" + digest.substring(0, 16), (downloads, model) -> GgufImport.importTo(path, model));
  }

  @Override
  public String name() {
    String file = path.toAbsolutePath().normalize().getFileName().toString();
    return file.endsWith(".gguf") ? file.substring(0, file.length() - ".gguf".length()) : file;
  }
}
