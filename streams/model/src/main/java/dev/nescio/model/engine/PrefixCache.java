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

  /**
   * Where a text begins as something kept does.
   *
   * @param prefix [layers, 2, kvHeads, P, D]; stays the cache's
   * @param tokens of it that are the text's, 1 to P
   */
  record Found(NDArray prefix, int tokens) {}

  /** What has most in common with the beginning of a text, of which so many tokens count. Valid until {@link #trim}. */
  Optional<Found> longest(Optional<String> adapter, int[] tokens, int most) {
    Key best = null;
    int longest = 0;
    for (Key key : entries.keySet()) {
      int common = key.adapter.equals(adapter) ? Math.min(most, key.tokens.common(tokens)) : 0;
      if (common > longest) {
        longest = common;
        best = key;
      }
    }
    return best == null ? Optional.empty() : Optional.of(new Found(entries.get(best), longest));
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
