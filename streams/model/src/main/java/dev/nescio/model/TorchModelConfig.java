package dev.nescio.model;

import java.nio.file.Path;
import java.util.Objects;

/**
 * How a model is opened.
 *
 * @param directory        Hugging Face layout, see {@link ModelSource}
 * @param name             for people
 * @param idk              true to add {@code <IDK>} (or use the one the model was tuned with)
 * @param maxBatchRows     sequences decoded together, at least 1
 * @param kvCacheBytes     memory for keys and values of one batch; one sequence is run even if it needs more
 * @param prefixCacheBytes memory for keys and values of shared prefixes, 0 for none
 * @param threads          of one operation, for the whole process; 0 leaves the engine's choice
 */
public record TorchModelConfig(
    Path directory, String name, boolean idk, int maxBatchRows, long kvCacheBytes, long prefixCacheBytes, int threads) {

  private static final int ROWS = 32;
  private static final long KV_CACHE = 512L << 20;
  private static final long PREFIX_CACHE = 256L << 20;

  public TorchModelConfig {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(name, "name");
    if (maxBatchRows < 1) throw new IllegalArgumentException("maxBatchRows must be at least 1, is " + maxBatchRows);
    if (kvCacheBytes < 1) throw new IllegalArgumentException("kvCacheBytes must be at least 1, is " + kvCacheBytes);
    if (prefixCacheBytes < 0) {
      throw new IllegalArgumentException("prefixCacheBytes must be 0 or above, is " + prefixCacheBytes);
    }
    if (threads < 0) throw new IllegalArgumentException("threads must be 0 or above, is " + threads);
  }

  /** Defaults: with {@code <IDK>}, 32 rows, 512 MB of cache, 256 MB of prefixes, named after the directory. */
  public static TorchModelConfig of(Path directory) {
    String name = directory.toAbsolutePath().normalize().getFileName().toString();
    return new TorchModelConfig(directory, name, true, ROWS, KV_CACHE, PREFIX_CACHE, 0);
  }

  public TorchModelConfig withName(String newName) {
    return new TorchModelConfig(directory, newName, idk, maxBatchRows, kvCacheBytes, prefixCacheBytes, threads);
  }

  public TorchModelConfig withIdk(boolean present) {
    return new TorchModelConfig(directory, name, present, maxBatchRows, kvCacheBytes, prefixCacheBytes, threads);
  }

  public TorchModelConfig withMaxBatchRows(int rows) {
    return new TorchModelConfig(directory, name, idk, rows, kvCacheBytes, prefixCacheBytes, threads);
  }

  public TorchModelConfig withKvCacheBytes(long bytes) {
    return new TorchModelConfig(directory, name, idk, maxBatchRows, bytes, prefixCacheBytes, threads);
  }

  public TorchModelConfig withPrefixCacheBytes(long bytes) {
    return new TorchModelConfig(directory, name, idk, maxBatchRows, kvCacheBytes, bytes, threads);
  }

  public TorchModelConfig withThreads(int count) {
    return new TorchModelConfig(directory, name, idk, maxBatchRows, kvCacheBytes, prefixCacheBytes, count);
  }
}
