package dev.nescio.model.local;

import dev.nescio.model.files.FloatType;
import dev.nescio.model.kernel.WeightFormat;
import dev.nescio.model.torch.TorchDevice;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a model is opened.
 *
 * @param directory        Hugging Face layout, see {@link dev.nescio.model.hub.ModelSource}
 * @param name             for people
 * @param idk              true to add {@code <IDK>} (or use the one the model was tuned with)
 * @param maxBatchRows     sequences decoded together, 1 to 4096
 * @param kvCacheBytes     memory for keys and values of one batch; one sequence is run even if it needs more
 * @param prefixCacheBytes memory for keys and values of shared prefixes, 0 for none
 * @param threads          of one operation, for the whole process; 0 leaves the engine's choice
 * @param device           where weights, cache and tables live
 * @param dataType         of weights, cache and products; the CPU computes in {@code FLOAT32} only, logits are float32
 *                         always
 * @param weights          how matrices are kept; {@code INT8} needs the kernels
 * @param kernels          false to compute with the engine even where our kernels could
 */
public record LocalModelConfig(
    Path directory, String name, boolean idk, int maxBatchRows, long kvCacheBytes, long prefixCacheBytes, int threads,
    TorchDevice device, FloatType dataType, WeightFormat weights, boolean kernels) {

  private static final int ROWS = 32;
  /** Their distributions over a large vocabulary still fit into an array. */
  private static final int MAX_ROWS = 4096;
  private static final long KV_CACHE = 512L << 20;
  private static final long PREFIX_CACHE = 256L << 20;

  public LocalModelConfig {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(name, "name");
    if (maxBatchRows < 1 || maxBatchRows > MAX_ROWS) {
      throw new IllegalArgumentException("maxBatchRows must be from 1 to " + MAX_ROWS + ", is " + maxBatchRows);
    }
    if (kvCacheBytes < 1) throw new IllegalArgumentException("kvCacheBytes must be at least 1, is " + kvCacheBytes);
    if (prefixCacheBytes < 0) {
      throw new IllegalArgumentException("prefixCacheBytes must be 0 or above, is " + prefixCacheBytes);
    }
    if (threads < 0) throw new IllegalArgumentException("threads must be 0 or above, is " + threads);
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(dataType, "dataType");
    Objects.requireNonNull(weights, "weights");
    boolean float32 = device.equals(TorchDevice.CPU) && dataType == FloatType.FLOAT32;
    if (weights != WeightFormat.FLOAT32 && !(float32 && kernels)) {
      throw new IllegalArgumentException("weights " + weights + " are computed by our kernels only: on the cpu, float32");
    }
  }

  /** Defaults: with {@code <IDK>}, 32 rows, 512 MB of cache, 256 MB of prefixes, float32 on the CPU, named after the
   * directory. */
  public static LocalModelConfig of(Path directory) {
    Draft draft = new Draft();
    draft.directory = directory;
    draft.name = directory.toAbsolutePath().normalize().getFileName().toString();
    return draft.config();
  }

  /** The same with another {@code name}. */
  public LocalModelConfig withName(String name) {
    return with(draft -> draft.name = name);
  }

  /** The same with another {@code idk}. */
  public LocalModelConfig withIdk(boolean present) {
    return with(draft -> draft.idk = present);
  }

  /** The same with another {@code maxBatchRows}. */
  public LocalModelConfig withMaxBatchRows(int rows) {
    return with(draft -> draft.maxBatchRows = rows);
  }

  /** The same with another {@code kvCacheBytes}. */
  public LocalModelConfig withKvCacheBytes(long bytes) {
    return with(draft -> draft.kvCacheBytes = bytes);
  }

  /** The same with another {@code prefixCacheBytes}. */
  public LocalModelConfig withPrefixCacheBytes(long bytes) {
    return with(draft -> draft.prefixCacheBytes = bytes);
  }

  /** The same with another {@code threads}. */
  public LocalModelConfig withThreads(int count) {
    return with(draft -> draft.threads = count);
  }

  /** The same with another {@code device}. */
  public LocalModelConfig withDevice(TorchDevice device) {
    return with(draft -> draft.device = device);
  }

  /** The same with another {@code dataType}. */
  public LocalModelConfig withDataType(FloatType type) {
    return with(draft -> draft.dataType = type);
  }

  /** The same with another {@code weights}. */
  public LocalModelConfig withWeights(WeightFormat format) {
    return with(draft -> draft.weights = format);
  }

  /** The same with another {@code kernels}. */
  public LocalModelConfig withKernels(boolean used) {
    return with(draft -> draft.kernels = used);
  }

  /**
   * Equal requests give equal bits. The kernels compute so always; the engine is given one row at a time, no prefixes and
   * a fixed number of threads, which is slow.
   */
  public LocalModelConfig withDeterministic(boolean bits) {
    if (!bits || isForKernels()) return this;
    return with(draft -> {
      draft.maxBatchRows = 1;
      draft.prefixCacheBytes = 0;
      draft.threads = Math.max(1, threads);
    });
  }

  /** True if this is what the kernels compute. */
  public boolean isForKernels() {
    return kernels && device.equals(TorchDevice.CPU) && dataType == FloatType.FLOAT32;
  }

  private LocalModelConfig with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.directory = directory;
    draft.name = name;
    draft.idk = idk;
    draft.maxBatchRows = maxBatchRows;
    draft.kvCacheBytes = kvCacheBytes;
    draft.prefixCacheBytes = prefixCacheBytes;
    draft.threads = threads;
    draft.device = device;
    draft.dataType = dataType;
    draft.weights = weights;
    draft.kernels = kernels;
    change.accept(draft);
    return draft.config();
  }

  /** A configuration that is being written; holds the defaults. */
  private static final class Draft {
    private Path directory;
    private String name;
    private boolean idk = true;
    private int maxBatchRows = ROWS;
    private long kvCacheBytes = KV_CACHE;
    private long prefixCacheBytes = PREFIX_CACHE;
    private int threads;
    private TorchDevice device = TorchDevice.CPU;
    private FloatType dataType = FloatType.FLOAT32;
    private WeightFormat weights = WeightFormat.FLOAT32;
    private boolean kernels = true;

    private LocalModelConfig config() {
      return new LocalModelConfig(directory, name, idk, maxBatchRows, kvCacheBytes, prefixCacheBytes, threads, device,
          dataType, weights, kernels);
    }
  }
}
