package dev.nescio.model.engine;

import ai.djl.ndarray.NDManager;
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
import dev.nescio.model.llama.ContextLimit;
import dev.nescio.model.kernel.Probe;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.PrefixReuse;
import dev.nescio.model.local.Resources;
import dev.nescio.model.local.TorchModelConfig;
import dev.nescio.model.local.WarmUp;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.tokenizer.ModelTokenizer;
import dev.nescio.model.tokenizer.OpenedTokenizer;
import dev.nescio.model.torch.Torch;
import dev.nescio.model.torch.TorchDevice;
import dev.nescio.model.torch.UnsupportedDeviceException;
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
 * A Llama on DJL's PyTorch engine.
 *
 * <p>Calls of any number of threads run together: see {@link ContinuousBatch}. Equal requests give equal tokens up to
 * rounding: products of other shapes differ in the last bits, by about 1e-5 to 1e-3 in a logit. A scored continuation
 * has finish {@code LENGTH} and says what would follow its last token. A thread that is interrupted while it waits
 * gives its call up with a {@link java.util.concurrent.CancellationException}.
 */
public final class TorchLanguageModel implements LocalLanguageModel {

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
  private final ModelTokenizer tokenizer;
  private final ModelIdentity identity;
  private final ContextLimit limit;
  private final Adapters adapters;
  private final ContinuousBatch<TorchStrand> batch;
  private final ModelThread<TorchStrand> thread;

  /**
   * @param held what was made so far, {@code manager}, {@code tokenizer} and {@code weights}; the constructor adds the
   *             rest and takes it all over
   */
  private TorchLanguageModel(TorchModelConfig config, NDManager manager, LlamaWeights weights, ModelTokenizer tokenizer,
      String digest, Resources held) {
    LlamaConfig llama = weights.config();
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.identity = new ModelIdentity(config.name(), digest, llama.contextTokens(), tokenizer.idkId());
    this.limit = new ContextLimit(config.name(), llama);
    LlamaForward forward = new LlamaForward(weights, llama.contextTokens(), LEFT_FACTOR_ROWS);
    held.hold(forward, forward::close);
    Adapters loaded = new Adapters(forward, weights);
    this.adapters = held.hold(loaded, loaded::close);
    int rows = config.maxBatchRows();
    SlabPool pool = new SlabPool(forward, manager, rows, config.kvCacheBytes(), weights.cacheBytesPerToken());
    TorchRunner runner = new TorchRunner(
        forward, manager, pool, new PrefixCache(config.prefixCacheBytes()), weights, tokenizer);
    held.hold(runner, runner::close);
    int tokens = config.device().equals(TorchDevice.CPU) ? CPU_RUN_TOKENS : GPU_RUN_TOKENS;
    BatchLimits limits = new BatchLimits(rows, Math.max(tokens, rows + tokens / 4), rows + RUN_DISTRIBUTIONS);
    this.batch = new ContinuousBatch<>(runner, tokenizer, llama, limits);
    this.thread = new ModelThread<>(config.name(), batch, held.release());
  }

  /**
   * Opens a model.
   *
   * @throws IOException                naming file and tensor when the directory is incomplete or damaged
   * @throws dev.nescio.model.torch.UnsupportedDeviceException when the device is not there or cannot compute in the
   *         data type
   */
  public static TorchLanguageModel open(TorchModelConfig config) throws IOException {
    config.device().require(config.dataType());
    return openAnyway(config);
  }

  /** Opens without asking whether the device computes in the data type fast and rightly. */
  static TorchLanguageModel openAnyway(TorchModelConfig config) throws IOException {
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
      return new TorchLanguageModel(config, manager, weights, opened.tokenizer(), digest.await(), held);
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

  /** The base weights, to be read only: a LoRA trainer in the same process needs no second copy. */
  public LlamaWeights weights() {
    return weights;
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
    List<PromptFeed<TorchStrand>> feeds = new ArrayList<>();
    for (Prompt prompt : prompts) {
      TorchStrand strand = new TorchStrand(adapters.get(prompt.request().adapter()));
      feeds.add(new PromptFeed<>(call, strand, prompt, this::probe, listener, results));
    }
    thread.run(call, feeds);
    return results.generations();
  }

  private Probe probe(int tokens) {
    LlamaConfig config = weights.config();
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
  List<Sequence> score(List<TextToScore> texts, IntFunction<TorchModel> models) {
    Sequence[] results = new Sequence[texts.size()];
    Call call = new Call(texts.size());
    List<ScoredText<TorchStrand>> feeds = new ArrayList<>();
    for (TextToScore text : texts) {
      TorchStrand strand = new TorchStrand(models.apply(text.index()));
      feeds.add(new ScoredText<>(call, strand, text, tokenizer, sequence -> results[text.index()] = sequence));
    }
    thread.run(call, feeds);
    return List.of(results);
  }

  /** What requests without adapter run on. */
  TorchModel base() {
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
    thread.requireOpen();
    return whole ? adapters.loadWhole(directory) : loadAdapter(PeftAdapter.read(directory, weights.config()));
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
  public PrefixReuse prefixReuse() {
    return thread.prefixReuse();
  }

  @Override
  public HeldMemory heldMemory() {
    return thread.ask(batch::held);
  }

  @Override
  public void warmUp() {
    WarmUp.run(this);
  }

  @Override
  public void close() {
    thread.close();
  }
}
