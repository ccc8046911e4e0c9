package dev.nescio.model.hub;

import dev.nescio.model.files.Checkpoint;
import dev.nescio.model.files.ModelFormatException;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.llama.LlamaConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A model on a server in Hugging Face's layout: {@code BASE/ID/resolve/REVISION/FILE}.
 *
 * @param id       for example {@code HuggingFaceTB/SmolLM2-135M-Instruct}
 * @param revision branch, tag or commit; what was fetched stays in the cache under this name
 * @param base     address of the server
 */
public record HubModel(String id, String revision, URI base) implements ModelSource {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][\\w.-]*(/[A-Za-z0-9][\\w.-]*)?");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][\\w.-]*");
  private static final List<String> NEEDED = List.of("config.json", "tokenizer.json");
  private static final List<String> WELCOME =
      List.of("tokenizer_config.json", "chat_template.jinja", "generation_config.json");

  public HubModel {
    if (!ID.matcher(id).matches()) throw new IllegalArgumentException("'" + id + "' is no model id");
    if (!REVISION.matcher(revision).matches()) throw new IllegalArgumentException("'" + revision + "' is no revision");
  }

  @Override
  public String name() {
    return id.substring(id.indexOf('/') + 1);
  }

  @Override
  public Path resolve(Path cache) throws IOException {
    String place = "hub-" + base.getHost() + "-" + id.replace("/", "--") + "-" + revision;
    return new ModelCache(cache).get(place, this::fetch);
  }

  private void fetch(Path downloads, Path model) throws IOException {
    try (Download download = new Download()) {
      for (String file : NEEDED) {
        if (!download.file(address(file), downloads.resolve(file))) throw missing(file);
      }
      for (String file : WELCOME) download.file(address(file), downloads.resolve(file));
      LlamaConfig.read(downloads);
      weights(download, downloads);
    }
    for (Path file : Checkpoint.files(downloads)) {
      new SafetensorsReader(file).close();
    }
    Files.createDirectories(model.getParent());
    Files.move(downloads, model);
  }

  private void weights(Download download, Path downloads) throws IOException {
    String single = "model.safetensors";
    if (download.file(address(single), downloads.resolve(single))) return;
    String index = single + ".index.json";
    if (!download.file(address(index), downloads.resolve(index))) throw missing(single);
    for (Path file : Checkpoint.files(downloads)) {
      String name = file.getFileName().toString();
      if (!download.file(address(name), file)) throw missing(name);
    }
  }

  private URI address(String file) {
    String root = base.toString();
    return URI.create(
        (root.endsWith("/") ? root : root + "/") + id + "/resolve/" + revision + "/" + file);
  }

  private ModelFormatException missing(String file) {
    return new ModelFormatException(address(file) + " does not exist; check id and revision"
        + (file.endsWith("safetensors") ? ", and that the model has safetensors: pickles are refused" : ""));
  }
}
