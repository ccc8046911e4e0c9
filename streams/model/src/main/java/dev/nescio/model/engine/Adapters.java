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

/** The adapters in memory, each with the number of its loadings that have not been taken back. Thread-safe. */
final class Adapters implements AutoCloseable {

  private final LlamaWeights weights;
  private final TorchModel base;
  private final Map<String, TorchModel> loaded = new LinkedHashMap<>();
  private final Map<String, Integer> loadings = new LinkedHashMap<>();

  Adapters(LlamaForward forward, LlamaWeights weights) {
    this.weights = weights;
    this.base = TorchModel.base(forward, weights);
  }

  /** Returns the adapter's id. */
  synchronized String load(PeftAdapter adapter) throws IOException {
    String id = adapter.id();
    if (!loaded.containsKey(id)) loaded.put(id, TorchModel.of(adapter, weights));
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /** Loads a model that was tuned as a whole beside the base; returns its id, the digest of the directory. */
  synchronized String loadWhole(Path directory) throws IOException {
    String id = ModelDigest.of(directory);
    if (!loaded.containsKey(id)) loaded.put(id, TorchModel.whole(id, directory, weights));
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /** Takes one loading back; gives what nobody can ask for any more, if it was the last. */
  synchronized Optional<TorchModel> unload(String id) {
    TorchModel adapter = get(Optional.of(id));
    if (loadings.merge(id, -1, Integer::sum) > 0) return Optional.empty();
    loadings.remove(id);
    loaded.remove(id);
    return Optional.of(adapter);
  }

  /** The adapter, or the base. */
  synchronized TorchModel get(Optional<String> id) {
    if (id.isEmpty()) return base;
    TorchModel adapter = loaded.get(id.get());
    if (adapter == null) {
      throw new UnknownAdapterException("adapter " + id.get() + " is not loaded; loaded are " + loaded.keySet());
    }
    return adapter;
  }

  @Override
  public synchronized void close() {
    loaded.values().forEach(TorchModel::close);
    loaded.clear();
  }
}
