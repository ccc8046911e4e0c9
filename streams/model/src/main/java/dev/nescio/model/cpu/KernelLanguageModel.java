package dev.nescio.model.cpu;

import dev.nescio.language.ModelIdentity;
import dev.nescio.model.batch.BatchLimits;
import dev.nescio.model.batch.BatchedLanguageModel;
import dev.nescio.model.batch.ContinuousBatch;
import dev.nescio.model.batch.ModelThread;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.files.PendingDigest;
import dev.nescio.model.kernel.Decoder;
import dev.nescio.model.kernel.DecoderShape;
import dev.nescio.model.kernel.KvPool;
import dev.nescio.model.kernel.Lanes;
import dev.nescio.model.kernel.PrefixTree;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.local.Resources;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.tokenizer.OpenedTokenizer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A model on the CPU, by kernels of the Vector API.
 *
 * <p>Calls of any number of threads run together: see {@link ContinuousBatch}. Equal requests give equal bits, whatever
 * runs beside them, whatever the cache holds and however many threads there are. A scored continuation has finish
 * {@code LENGTH} and says what would follow its last token. A thread that is interrupted while it waits gives its call
 * up with a {@link java.util.concurrent.CancellationException}.
 */
public final class KernelLanguageModel extends BatchedLanguageModel<KernelModel, KernelStrand> {

  /** Tokens of one run: enough for the arithmetic units, few enough that samples do not wait long for prompts. */
  private static final int RUN_TOKENS = 256;
  /** Distributions of one run beside those of samples, for texts to score. */
  private static final int RUN_DISTRIBUTIONS = 32;

  private KernelLanguageModel(ModelIdentity identity, ModelTokenizer tokenizer, PackedModel packed,
      KernelAdapters adapters, ContinuousBatch<KernelStrand> batch, ModelThread<KernelStrand> thread) {
    super(identity, tokenizer, packed.config(), adapters, batch, thread);
  }

  /** True if the kernels can compute what is configured: float32 on a CPU they are fast on, with the Vector API at hand. */
  public static boolean isSupported(LocalModelConfig config) {
    return config.isForKernels() && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && Lanes.areFast();
  }

  /**
   * Opens a model.
   *
   * @throws IOException naming file and tensor when the directory is incomplete or damaged
   */
  public static KernelLanguageModel open(LocalModelConfig config) throws IOException {
    return open(config, () -> digest(config));
  }

  /** @param digest of the directory */
  static KernelLanguageModel open(LocalModelConfig config, PendingDigest.Source digest) throws IOException {
    Path directory = config.directory();
    LlamaConfig llama = LlamaConfig.read(directory);
    PendingDigest pending = PendingDigest.of(digest);
    int threads = config.threads() > 0 ? config.threads() : Runtime.getRuntime().availableProcessors();
    try (Resources held = new Resources()) {
      Team team = new Team(threads);
      held.hold(team, team::close);
      OpenedTokenizer opened = OpenedTokenizer.open(directory, llama, config.idk());
      held.hold(opened, opened.tokenizer()::close);
      PackedModel packed = PackedModel.load(directory, opened.idk(), config.weights(), team);
      held.hold(packed, packed::close);
      return of(config, opened.tokenizer(), packed, team, pending.await(), held);
    }
  }

  /** @param held what was made so far, {@code team}, {@code tokenizer} and {@code packed}; the model takes it all over */
  private static KernelLanguageModel of(LocalModelConfig config, ModelTokenizer tokenizer, PackedModel packed, Team team,
      String digest, Resources held) {
    LlamaConfig llama = packed.config();
    DecoderShape shape = packed.weights().shape();
    KernelAdapters adapters = new KernelAdapters(packed, config.weights());
    held.hold(adapters, adapters::close);
    KvPool pool = new KvPool(shape);
    int rows = config.maxBatchRows();
    BatchLimits limits =
        new BatchLimits(rows, Math.max(RUN_TOKENS, rows + RUN_TOKENS / 4), rows + RUN_DISTRIBUTIONS);
    int blocks = (int) Math.min(Integer.MAX_VALUE, config.kvCacheBytes() / pool.blockBytes());
    Decoder decoder = new Decoder(shape, team, limits.tokens(), limits.wanted(), llama.contextTokens());
    KernelRunner runner = new KernelRunner(
        decoder, team, pool, new PrefixTree(pool, config.prefixCacheBytes()), blocks, llama, tokenizer);
    held.hold(runner, runner::close);
    ContinuousBatch<KernelStrand> batch = new ContinuousBatch<>(runner, tokenizer, llama, limits);
    return new KernelLanguageModel(new ModelIdentity(config.name(), digest, llama.contextTokens(), tokenizer.idkId()),
        tokenizer, packed, adapters, batch, new ModelThread<>(config.name(), batch, held.release()));
  }

  @Override
  protected KernelStrand strand(KernelModel model) {
    return new KernelStrand(model);
  }

  /** Other weights are another model. */
  private static String digest(LocalModelConfig config) throws IOException {
    String stored = ModelDigest.of(config.directory());
    return switch (config.weights()) {
      case FLOAT32 -> stored;
      case INT8 -> ModelDigest.of(stored, "int8");
    };
  }
}
