package dev.nescio.model.cpu;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.TokenListener;
import dev.nescio.model.batch.BatchLimits;
import dev.nescio.model.batch.Call;
import dev.nescio.model.batch.ContinuousBatch;
import dev.nescio.model.batch.ModelThread;
import dev.nescio.model.batch.PromptFeed;
import dev.nescio.model.batch.ScoredText;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.files.PendingDigest;
import dev.nescio.model.generation.GenerationResults;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.kernel.Decoder;
import dev.nescio.model.kernel.KvPool;
import dev.nescio.model.kernel.Lanes;
import dev.nescio.model.kernel.PrefixTree;
import dev.nescio.model.kernel.Probe;
import dev.nescio.model.kernel.Team;
import dev.nescio.model.llama.ContextLimit;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.PrefixReuse;
import dev.nescio.model.local.Resources;
import dev.nescio.model.local.TorchModelConfig;
import dev.nescio.model.local.WarmUp;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.tokenizer.OpenedTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A model on the CPU, by kernels of the Vector API.
 *
 * <p>Calls of any number of threads run together: see {@link ContinuousBatch}. Equal requests give equal bits, whatever
 * runs beside them, whatever the cache holds and however many threads there are. A scored continuation has finish
 * {@code LENGTH} and says what would follow its last token. A thread that is interrupted while it waits gives its call
 * up with a {@link java.util.concurrent.CancellationException}.
 */
public final class KernelLanguageModel implements LocalLanguageModel {

  /** Tokens of one run: enough for the arithmetic units, few enough that samples do not wait long for prompts. */
  private static final int RUN_TOKENS = 256;
  /** Distributions of one run beside those of samples, for texts to score. */
  private static final int RUN_DISTRIBUTIONS = 32;

  private final ModelTokenizer tokenizer;
  private final PackedModel packed;
  private final ModelIdentity identity;
  private final ContextLimit limit;
  private final KernelAdapters adapters;
  private final ContinuousBatch<KernelStrand> batch;
  private final ModelThread<KernelStrand> thread;

  /**
   * @param held what was made so far, {@code team}, {@code tokenizer} and {@code packed}; the constructor adds the rest
   *             and takes it all over
   */
  private KernelLanguageModel(TorchModelConfig config, ModelTokenizer tokenizer, PackedModel packed, Team team,
      String digest, Resources held) {
    LlamaConfig llama = packed.config();
    this.tokenizer = tokenizer;
    this.packed = packed;
    this.identity = new ModelIdentity(config.name(), digest, llama.contextTokens(), tokenizer.idkId());
    this.limit = new ContextLimit(config.name(), llama);
    KernelAdapters loaded = new KernelAdapters(packed, config.weights());
    this.adapters = held.hold(loaded, loaded::close);
    KvPool pool = new KvPool(packed.weights().shape());
    int rows = config.maxBatchRows();
    BatchLimits limits =
        new BatchLimits(rows, Math.max(RUN_TOKENS, rows + RUN_TOKENS / 4), rows + RUN_DISTRIBUTIONS);
    int blocks = (int) Math.min(Integer.MAX_VALUE, config.kvCacheBytes() / pool.blockBytes());
    Decoder decoder =
        new Decoder(packed.weights().shape(), team, limits.tokens(), limits.wanted(), llama.contextTokens());
    KernelRunner runner = new KernelRunner(
        decoder, team, pool, new PrefixTree(pool, config.prefixCacheBytes()), blocks, llama, tokenizer);
    held.hold(runner, runner::close);
    this.batch = new ContinuousBatch<>(runner, tokenizer, llama, limits);
    this.thread = new ModelThread<>(config.name(), batch, held.release());
  }

  /** True if the kernels can compute what is configured: float32 on a CPU they are fast on, with the Vector API at hand. */
  public static boolean isSupported(TorchModelConfig config) {
    return config.isForKernels() && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() && Lanes.areFast();
  }

  /**
   * Opens a model.
   *
   * @throws IOException naming file and tensor when the directory is incomplete or damaged
   */
  public static KernelLanguageModel open(TorchModelConfig config) throws IOException {
    return open(config, () -> digest(config));
  }

  /** @param digest of the directory */
  static KernelLanguageModel open(TorchModelConfig config, PendingDigest.Source digest) throws IOException {
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
      return new KernelLanguageModel(config, opened.tokenizer(), packed, team, pending.await(), held);
    }
  }

  @Override
  public ModelIdentity identity() {
    return identity;
  }

  @Override
  public Set<EvidenceKind> evidence() {
    Set<EvidenceKind> all = EnumSet.allOf(EvidenceKind.class);
    if (tokenizer.idkId().isEmpty()) all.remove(EvidenceKind.P_IDK);
    return all;
  }

  @Override
  public String digest(Optional<String> adapter) {
    adapters.get(adapter);
    return adapter.map(id -> ModelDigest.of(identity.digest(), id)).orElse(identity.digest());
  }

  @Override
  public boolean joinsCalls() {
    return true;
  }

  @Override
  public ModelTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public PrefixReuse prefixReuse() {
    return thread.prefixReuse();
  }

  @Override
  public HeldMemory heldMemory() {
    return thread.ask(batch::held);
  }

  @Override
  public int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    return generate(requests, (request, sample, token) -> { });
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests, TokenListener listener) {
    thread.requireOpen();
    if (requests.isEmpty()) throw new IllegalArgumentException("at least one request is needed");
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      prompts.add(Prompt.of(i, requests.get(i), tokenizer));
      limit.require(prompts.getLast().tokens().length, requests.get(i).maxTokens());
    }
    return run(prompts, listener);
  }

  /** Prompts given as tokens. */
  List<Generation> run(List<Prompt> prompts, TokenListener listener) {
    GenerationResults results = new GenerationResults(prompts);
    Call call = new Call(prompts.size());
    List<PromptFeed<KernelStrand>> feeds = new ArrayList<>();
    for (Prompt prompt : prompts) {
      KernelStrand strand = new KernelStrand(adapters.get(prompt.request().adapter()));
      feeds.add(new PromptFeed<>(
          call, strand, prompt, this::probe, listener, results));
    }
    thread.run(call, feeds);
    return results.generations();
  }

  private Probe probe(int tokens) {
    LlamaConfig config = packed.config();
    return new Probe(config.layers(), config.hiddenSize(), config.heads(), tokens);
  }

  @Override
  public List<Sequence> score(List<ContinuationRequest> requests) {
    thread.requireOpen();
    List<TextToScore> texts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      texts.add(TextToScore.of(i, requests.get(i), tokenizer));
      limit.require(texts.getLast().tokens().length, 0);
    }
    return score(texts, i -> adapters.get(requests.get(i).adapter()));
  }

  /** Texts given as tokens, each with its model. */
  List<Sequence> score(List<TextToScore> texts, IntFunction<KernelModel> models) {
    Sequence[] results = new Sequence[texts.size()];
    Call call = new Call(texts.size());
    List<ScoredText<KernelStrand>> feeds = new ArrayList<>();
    for (TextToScore text : texts) {
      KernelStrand strand = new KernelStrand(models.apply(text.index()));
      feeds.add(new ScoredText<>(call, strand, text, tokenizer, sequence -> results[text.index()] = sequence));
    }
    thread.run(call, feeds);
    return List.of(results);
  }

  /** What requests without adapter run on. */
  KernelModel base() {
    return adapters.get(Optional.empty());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A directory without {@code adapter_config.json} but with {@code config.json} is a model of the same shape that
   * was tuned as a whole; it takes as much memory as the base.
   */
  @Override
  public String loadAdapter(Path directory) throws IOException {
    boolean whole = !Files.exists(directory.resolve("adapter_config.json"))
        && Files.exists(directory.resolve("config.json"));
    return whole ? adapters.loadWhole(directory) : loadAdapter(PeftAdapter.read(directory, packed.config()));
  }

  @Override
  public String loadAdapter(PeftAdapter adapter) throws IOException {
    thread.requireOpen();
    return adapters.load(adapter);
  }

  @Override
  public void unloadAdapter(String id) {
    adapters.unload(id).ifPresent(thread::retire);
  }

  @Override
  public void warmUp() {
    WarmUp.run(this);
  }

  @Override
  public void close() {
    thread.close();
  }

  /** Other weights are another model. */
  private static String digest(TorchModelConfig config) throws IOException {
    String stored = ModelDigest.of(config.directory());
    return switch (config.weights()) {
      case FLOAT32 -> stored;
      case INT8 -> ModelDigest.of(stored, "int8");
    };
  }
}
