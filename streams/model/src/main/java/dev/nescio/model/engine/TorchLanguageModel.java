package dev.nescio.model.engine;

import ai.djl.ndarray.NDManager;
import dev.nescio.language.ModelIdentity;
import dev.nescio.model.batch.BatchLimits;
import dev.nescio.model.batch.BatchedLanguageModel;
import dev.nescio.model.batch.ContinuousBatch;
import dev.nescio.model.batch.ModelThread;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.files.PendingDigest;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.local.Resources;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.tokenizer.OpenedTokenizer;
import dev.nescio.model.torch.Torch;
import dev.nescio.model.torch.TorchDevice;
import dev.nescio.model.torch.UnsupportedDeviceException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A Llama on DJL's PyTorch engine.
 *
 * <p>Calls of any number of threads run together: see {@link ContinuousBatch}. Equal requests give equal tokens up to
 * rounding: products of other shapes differ in the last bits, by about 1e-5 to 1e-3 in a logit. A scored continuation
 * has finish {@code LENGTH} and says what would follow its last token. A thread that is interrupted while it waits
 * gives its call up with a {@link java.util.concurrent.CancellationException}.
 */
public final class TorchLanguageModel extends BatchedLanguageModel<TorchModel, TorchStrand> {

  /**
   * Products of so few rows run with the weight as the left factor. On the processors seen it is faster up to 4 or 8
   * rows; it is fixed and not measured, since it decides about the last bits, and equal requests shall give equal
   * answers.
   */
  private static final int LEFT_FACTOR_ROWS = 8;
  /** Tokens of one run: enough for the arithmetic units, few enough that samples do not wait long for prompts. */
  private static final int CPU_RUN_TOKENS = 512;
  private static final int GPU_RUN_TOKENS = 2048;
  /** Distributions of one run beside those of samples, for texts to score. */
  private static final int RUN_DISTRIBUTIONS = 128;

  private final LlamaWeights weights;

  private TorchLanguageModel(ModelIdentity identity, ModelTokenizer tokenizer, LlamaWeights weights, Adapters adapters,
      ContinuousBatch<TorchStrand> batch, ModelThread<TorchStrand> thread) {
    super(identity, tokenizer, weights.config(), adapters, batch, thread);
    this.weights = weights;
  }

  /**
   * Opens a model.
   *
   * @throws IOException                naming file and tensor when the directory is incomplete or damaged
   * @throws dev.nescio.model.torch.UnsupportedDeviceException when the device is not there or cannot compute in the
   *         data type
   */
  public static TorchLanguageModel open(LocalModelConfig config) throws IOException {
    config.device().require(config.dataType());
    return openAnyway(config);
  }

  /** Opens without asking whether the device computes in the data type fast and rightly. */
  static TorchLanguageModel openAnyway(LocalModelConfig config) throws IOException {
    if (config.threads() > 0) Torch.setThreads(config.threads());
    Path directory = config.directory();
    LlamaConfig llama = LlamaConfig.read(directory);
    PendingDigest digest = PendingDigest.of(() -> ModelDigest.of(directory));
    try (Resources held = new Resources()) {
      NDManager manager = Torch.newManager(config.device());
      held.hold(manager, manager::close);
      OpenedTokenizer opened = OpenedTokenizer.open(directory, llama, config.idk());
      held.hold(opened, opened.tokenizer()::close);
      LlamaWeights weights = LlamaWeights.load(directory, opened.idk(), manager, config.dataType());
      return of(config, manager, weights, opened.tokenizer(), digest.await(), held);
    }
  }

  /** @param held what was made so far, {@code manager} and {@code tokenizer}; the model takes it all over */
  private static TorchLanguageModel of(LocalModelConfig config, NDManager manager, LlamaWeights weights,
      ModelTokenizer tokenizer, String digest, Resources held) {
    LlamaConfig llama = weights.config();
    LlamaForward forward = new LlamaForward(weights, llama.contextTokens(), LEFT_FACTOR_ROWS);
    held.hold(forward, forward::close);
    Adapters adapters = new Adapters(forward, weights);
    held.hold(adapters, adapters::close);
    int rows = config.maxBatchRows();
    SlabPool pool = new SlabPool(forward, manager, rows, config.kvCacheBytes(), weights.cacheBytesPerToken());
    TorchRunner runner = new TorchRunner(
        forward, manager, pool, new PrefixCache(config.prefixCacheBytes()), weights, tokenizer);
    held.hold(runner, runner::close);
    int tokens = config.device().equals(TorchDevice.CPU) ? CPU_RUN_TOKENS : GPU_RUN_TOKENS;
    BatchLimits limits = new BatchLimits(rows, Math.max(tokens, rows + tokens / 4), rows + RUN_DISTRIBUTIONS);
    ContinuousBatch<TorchStrand> batch = new ContinuousBatch<>(runner, tokenizer, llama, limits);
    return new TorchLanguageModel(new ModelIdentity(config.name(), digest, llama.contextTokens(), tokenizer.idkId()),
        tokenizer, weights, adapters, batch, new ModelThread<>(config.name(), batch, held.release()));
  }

  /** The base weights, to be read only: a LoRA trainer in the same process needs no second copy. */
  public LlamaWeights weights() {
    return weights;
  }

  @Override
  protected TorchStrand strand(TorchModel model) {
    return new TorchStrand(model);
  }
}
