package dev.nescio.model.batch;

import dev.nescio.language.UnknownAdapterException;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The base and the adapters in memory, each with the number of its loadings that have not been taken back. Thread-safe.
 *
 * @param <M> what requests run on
 */
public abstract class LoadedModels<M extends LoadedModel> implements AutoCloseable {

  private final M base;
  private final Map<String, M> loaded = new LinkedHashMap<>();
  private final Map<String, Integer> loadings = new LinkedHashMap<>();

  /** @param base what requests without adapter run on; not closed here */
  protected LoadedModels(M base) {
    this.base = base;
  }

  /**
   * Makes the base with an adapter.
   *
   * @throws IOException if the adapter does not fit the base
   */
  protected abstract M adapted(PeftAdapter adapter) throws IOException;

  /**
   * Reads a model that was tuned as a whole.
   *
   * @param id digest of the directory
   * @throws IOException if it cannot be read or is of another shape than the base
   */
  protected abstract M whole(String id, Path directory) throws IOException;

  /**
   * Loads an adapter, or counts another loading of it.
   *
   * @return its id
   * @throws IOException if it does not fit the base
   */
  public final synchronized String load(PeftAdapter adapter) throws IOException {
    String id = adapter.id();
    if (!loaded.containsKey(id)) loaded.put(id, adapted(adapter));
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /**
   * Loads a model that was tuned as a whole beside the base, or counts another loading of it.
   *
   * @return its id, the digest of the directory
   * @throws IOException if it cannot be read or is of another shape than the base
   */
  public final synchronized String loadWhole(Path directory) throws IOException {
    String id = ModelDigest.of(directory);
    if (!loaded.containsKey(id)) loaded.put(id, whole(id, directory));
    loadings.merge(id, 1, Integer::sum);
    return id;
  }

  /**
   * Takes one loading back.
   *
   * @return what nobody can ask for any more, if it was the last
   * @throws UnknownAdapterException if none of that id is loaded
   */
  public final synchronized Optional<M> unload(String id) {
    M model = get(Optional.of(id));
    if (loadings.merge(id, -1, Integer::sum) > 0) return Optional.empty();
    loadings.remove(id);
    loaded.remove(id);
    return Optional.of(model);
  }

  /**
   * The adapter of that id, or the base.
   *
   * @throws UnknownAdapterException if none of that id is loaded
   */
  public final synchronized M get(Optional<String> id) {
    if (id.isEmpty()) return base;
    M model = loaded.get(id.get());
    if (model == null) {
      throw new UnknownAdapterException("adapter " + id.get() + " is not loaded; loaded are " + loaded.keySet());
    }
    return model;
  }

  /** Frees all but the base; nothing is at work any more. */
  @Override
  public final synchronized void close() {
    loaded.values().forEach(LoadedModel::close);
    loaded.clear();
  }
}
