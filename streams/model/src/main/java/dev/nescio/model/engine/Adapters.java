package dev.nescio.model.engine;

import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The adapters in memory, each with the number of its loadings that have not been taken back. Not thread-safe. */
final class Adapters implements AutoCloseable {

  private final LlamaForward forward;
  private final LlamaWeights base;
  private final Map<String, LoadedAdapter> loaded = new LinkedHashMap<>();
  private final Map<String, Integer> loadings = new LinkedHashMap<>();

  Adapters(LlamaForward forward, LlamaWeights base) {
    this.forward = forward;
    this.base = base;
  }

  /** Returns the adapter's id. */
  String load(PeftAdapter adapter) throws IOException {
    String id = adapter.id();
    if (!loaded.containsKey(id)) loaded.put(id, LoadedAdapter.of(adapter, base));
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /** Loads a model that was tuned as a whole beside the base; returns its id, the digest of the directory. */
  String loadWhole(Path directory) throws IOException {
    String id = ModelDigest.of(directory);
    if (!loaded.containsKey(id)) loaded.put(id, LoadedAdapter.whole(id, directory, base));
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /** Takes one loading back; true if it was the last and the adapter is freed. */
  boolean unload(String id) {
    LoadedAdapter adapter = get(id);
    if (loadings.merge(id, -1, Integer::sum) > 0) return false;
    loadings.remove(id);
    loaded.remove(id);
    adapter.close();
    return true;
  }

  LoadedAdapter get(String id) {
    LoadedAdapter adapter = loaded.get(id);
    if (adapter == null) {
      throw new UnknownAdapterException("adapter " + id + " is not loaded; loaded are " + loaded.keySet());
    }
    return adapter;
  }

  /** The adapter, or the base. */
  LlamaForward.Variant variant(Optional<String> id) {
    return id.map(name -> get(name).variant()).orElseGet(forward::base);
  }

  @Override
  public void close() {
    loaded.values().forEach(LoadedAdapter::close);
    loaded.clear();
  }
}
