package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import dev.nescio.model.generation.TokenIds;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keys and values of prompt beginnings, by adapter and token ids; the least recently used go first. Not thread-safe.
 */
final class PrefixCache implements AutoCloseable {

  private record Key(Optional<String> adapter, TokenIds tokens) {}

  private final long maxBytes;
  private final Map<Key, NDArray> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  PrefixCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** True if something of that size may be kept at all. */
  boolean fits(long size) {
    return size <= maxBytes;
  }

  /** [layers, 2, kvHeads, P, D]; stays the cache's. Valid until {@link #trim}. */
  Optional<NDArray> get(Optional<String> adapter, TokenIds tokens) {
    return Optional.ofNullable(entries.get(new Key(adapter, tokens)));
  }

  /** Takes over an array. The bound is kept by {@link #trim}, so that a batch can use all it has put. */
  void put(Optional<String> adapter, TokenIds tokens, NDArray prefix) {
    NDArray old = entries.put(new Key(adapter, tokens), prefix);
    bytes += size(prefix);
    if (old != null) free(old);
  }

  /** Frees the least recently used until the bound is kept. */
  void trim() {
    Iterator<NDArray> eldest = entries.values().iterator();
    while (bytes > maxBytes && eldest.hasNext()) {
      free(eldest.next());
      eldest.remove();
    }
  }

  /** Frees what belongs to an adapter. */
  void drop(String adapter) {
    entries.entrySet().removeIf(entry -> {
      boolean its = entry.getKey().adapter().equals(Optional.of(adapter));
      if (its) free(entry.getValue());
      return its;
    });
  }

  int size() {
    return entries.size();
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    entries.values().forEach(this::free);
    entries.clear();
  }

  private void free(NDArray prefix) {
    bytes -= size(prefix);
    prefix.close();
  }

  private static long size(NDArray prefix) {
    return prefix.getShape().size() * prefix.getDataType().getNumOfBytes();
  }
}
