package dev.nescio.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.Sampling;
import dev.nescio.language.UnsupportedEvidenceException;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.files.PendingDigest;
import dev.nescio.model.generation.GenerationResults;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.generation.TokenIds;
import dev.nescio.model.llama.ContextLimit;
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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A Llama on DJL's PyTorch engine.
 *
 * <p>Calls are served one at a time, in order of arrival; within a call, requests run in batches of like length, apart
 * for each adapter. Equal requests give equal tokens up to rounding: products of other shapes differ in the last bits,
 * by about 1e-5 to 1e-3 in a logit. A scored continuation has finish {@code LENGTH} and says what would follow its last
 * token.
 */
public final class TorchLanguageModel implements LocalLanguageModel {

  /**
   * Products of so few rows run with the weight as the left factor. On the processors seen it is faster up to 4 or 8
   * rows; it is fixed and not measured, since it decides about the last bits, and equal requests shall give equal
   * answers.
   */
  private static final int LEFT_FACTOR_ROWS = 8;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final NDManager manager;
  private final LlamaWeights weights;
  private final LlamaForward forward;
  private final RunContext context;
  private final ModelTokenizer tokenizer;
  private final ModelIdentity identity;
  private final ContextLimit limit;
  private final BatchPlan plan;
  private final PrefixCache prefixes;
  private final Adapters adapters;
  private PrefixReuse reuse = PrefixReuse.NONE;
  private boolean closed;

  private TorchLanguageModel(
      TorchModelConfig config, NDManager manager, LlamaWeights weights, ModelTokenizer tokenizer, String digest) {
    LlamaConfig llama = weights.config();
    this.manager = manager;
    this.weights = weights;
    this.tokenizer = tokenizer;
    this.forward = new LlamaForward(weights, llama.contextTokens(), LEFT_FACTOR_ROWS);
    this.identity = new ModelIdentity(config.name(), digest, llama.contextTokens(), tokenizer.idkId());
    this.limit = new ContextLimit(config.name(), llama);
    this.plan = new BatchPlan(config.maxBatchRows(), config.kvCacheBytes(), weights.cacheBytesPerToken());
    this.prefixes = new PrefixCache(config.prefixCacheBytes());
    this.adapters = new Adapters(forward, weights);
    this.context = new RunContext(forward, llama, tokenizer, manager);
  }

  /**
   * Opens a model.
   *
   * @throws IOException                naming file and tensor when the directory is incomplete or damaged
   * @throws dev.nescio.model.torch.UnsupportedDeviceException when the device is not there or cannot compute in the data
   *         type
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
      TorchLanguageModel model =
          new TorchLanguageModel(config, manager, weights, opened.tokenizer(), digest.await());
      held.release();
      return model;
    }
  }

  @Override
  public ModelIdentity identity() {
    return identity;
  }

  @Override
  public Set<EvidenceKind> evidence() {
    Set<EvidenceKind> all = EnumSet.complementOf(EnumSet.of(EvidenceKind.INTERNALS));
    if (tokenizer.idkId().isEmpty()) all.remove(EvidenceKind.P_IDK);
    return all;
  }

  @Override
  public String digest(Optional<String> adapter) {
    return adapter.map(id -> ModelDigest.of(identity.digest(), locked(() -> adapters.get(id).id())))
        .orElse(identity.digest());
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
    if (requests.isEmpty()) throw new IllegalArgumentException("at least one request is needed");
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      if (requests.get(i).internals()) {
        throw new UnsupportedEvidenceException("request " + i + " asks for internals; the engine computes attention in one"
            + " operation that hides them, the kernels on a CPU give them");
      }
      prompts.add(Prompt.of(i, requests.get(i), tokenizer));
      limit.require(prompts.getLast().tokens().length, requests.get(i).maxTokens());
    }
    return locked(() -> {
      GenerationResults results = new GenerationResults(prompts);
      byAdapter(prompts, p -> p.request().adapter()).forEach((adapter, group) -> {
        Decoding decoding = new Decoding(context, adapters.variant(adapter));
        for (List<Prompt> batch : plan.batches(group)) {
          decoding.run(batch, (tokens, shared) -> prefix(adapter, tokens, shared), results);
          prefixes.trim();
        }
      });
      List<Generation> generations = results.generations();
      for (Generation one : generations) reuse = reuse.plus(one);
      return generations;
    });
  }

  @Override
  public List<Sequence> score(List<ContinuationRequest> requests) {
    List<TextToScore> texts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      texts.add(TextToScore.of(i, requests.get(i), tokenizer));
      limit.require(texts.getLast().tokens().length, 0);
    }
    return locked(() -> {
      Sequence[] results = new Sequence[requests.size()];
      byAdapter(texts, t -> requests.get(t.index()).adapter()).forEach((adapter, group) ->
          new Scoring(context, adapters.variant(adapter)).run(group, results));
      return List.of(results);
    });
  }

  /**
   * {@inheritDoc}
   *
   * <p>A directory without {@code adapter_config.json} but with {@code config.json} is a model of the same shape that was
   * tuned as a whole; it takes as much memory as the base.
   */
  @Override
  public String loadAdapter(Path directory) throws IOException {
    boolean whole = !Files.exists(directory.resolve("adapter_config.json"))
        && Files.exists(directory.resolve("config.json"));
    if (!whole) return loadAdapter(PeftAdapter.read(directory, weights.config()));
    lock.lock();
    try {
      requireOpen();
      return adapters.loadWhole(directory);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String loadAdapter(PeftAdapter adapter) throws IOException {
    lock.lock();
    try {
      requireOpen();
      return adapters.load(adapter);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void unloadAdapter(String id) {
    locked(() -> {
      if (adapters.unload(id)) prefixes.drop(id);
      return id;
    });
  }

  @Override
  public PrefixReuse prefixReuse() {
    return locked(() -> new PrefixReuse(reuse.promptTokens(), reuse.cachedTokens(), prefixes.bytes()));
  }

  @Override
  public HeldMemory heldMemory() {
    return locked(
        () -> new HeldMemory(manager.getManagedArrays().size() - prefixes.size(), 0, prefixes.bytes()));
  }

  @Override
  public void warmUp() {
    WarmUp.run(this);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) return;
      closed = true;
      prefixes.close();
      adapters.close();
      forward.close();
      tokenizer.close();
      manager.close();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keys and values of a prompt's beginning, computed now if they are not kept; empty when there is no room for them.
   */
  private Optional<NDArray> prefix(Optional<String> adapter, int[] tokens, int shared) {
    if (!prefixes.fits(shared * weights.cacheBytesPerToken())) return Optional.empty();
    TokenIds key = TokenIds.first(tokens, shared);
    Optional<NDArray> kept = prefixes.get(adapter, key);
    if (kept.isPresent()) return kept;
    try (NDManager scope = manager.newSubManager()) {
      NDArray cache = forward.newCache(scope, 1, shared);
      Prefill.Row row = new Prefill.Row(Arrays.copyOf(tokens, shared), Optional.empty());
      new Prefill(forward, adapters.variant(adapter)).fill(scope, List.of(row), cache, shared, new int[1]);
      NDArray prefix = forward.take(manager, cache, 0, 0, shared);
      prefixes.put(adapter, key, prefix);
      return Optional.of(prefix);
    }
  }

  private static <T> Map<Optional<String>, List<T>> byAdapter(List<T> items, Function<T, Optional<String>> adapter) {
    return items.stream().collect(Collectors.groupingBy(adapter, LinkedHashMap::new, Collectors.toList()));
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      requireOpen();
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) throw new IllegalStateException("the model " + identity.name() + " is closed");
  }
}
