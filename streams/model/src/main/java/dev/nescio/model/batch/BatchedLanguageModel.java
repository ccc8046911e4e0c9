package dev.nescio.model.batch;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.TokenListener;
import dev.nescio.model.files.ModelDigest;
import dev.nescio.model.generation.GenerationResults;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.kernel.Probe;
import dev.nescio.model.llama.ContextLimit;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.local.HeldMemory;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.PrefixReuse;
import dev.nescio.model.local.WarmUp;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.tokenizer.ModelTokenizer;
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
 * A language model over a {@link ContinuousBatch}, whoever computes its runs: requests become feeds of one call, and what
 * comes of them becomes generations.
 *
 * @param <M> what requests run on
 * @param <S> a sequence's keys and values
 */
public abstract class BatchedLanguageModel<M extends LoadedModel, S extends Strand> implements LocalLanguageModel {

  private final ModelIdentity identity;
  private final ModelTokenizer tokenizer;
  private final LlamaConfig config;
  private final ContextLimit limit;
  private final LoadedModels<M> models;
  private final ContinuousBatch<S> batch;
  private final ModelThread<S> thread;

  /** @param thread that runs the batch; frees everything when it ends, what is given here too */
  protected BatchedLanguageModel(ModelIdentity identity, ModelTokenizer tokenizer, LlamaConfig config,
      LoadedModels<M> models, ContinuousBatch<S> batch, ModelThread<S> thread) {
    this.identity = identity;
    this.tokenizer = tokenizer;
    this.config = config;
    this.limit = new ContextLimit(identity.name(), config);
    this.models = models;
    this.batch = batch;
    this.thread = thread;
  }

  /** A sequence without tokens. */
  protected abstract S strand(M model);

  @Override
  public final ModelIdentity identity() {
    return identity;
  }

  @Override
  public final Set<EvidenceKind> evidence() {
    Set<EvidenceKind> all = EnumSet.allOf(EvidenceKind.class);
    if (tokenizer.idkId().isEmpty()) all.remove(EvidenceKind.P_IDK);
    return all;
  }

  @Override
  public final String digest(Optional<String> adapter) {
    models.get(adapter);
    return adapter.map(id -> ModelDigest.of(identity.digest(), id)).orElse(identity.digest());
  }

  @Override
  public final boolean joinsCalls() {
    return true;
  }

  @Override
  public final ModelTokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public final PrefixReuse prefixReuse() {
    return thread.prefixReuse();
  }

  @Override
  public final HeldMemory heldMemory() {
    return thread.ask(batch::held);
  }

  @Override
  public final int countTokens(String text) {
    return tokenizer.encode(text).length;
  }

  @Override
  public final List<Generation> generate(List<GenerationRequest> requests) {
    return generate(requests, (request, sample, token) -> { });
  }

  @Override
  public final List<Generation> generate(List<GenerationRequest> requests, TokenListener listener) {
    thread.requireOpen();
    if (requests.isEmpty()) throw new IllegalArgumentException("at least one request is needed");
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      prompts.add(Prompt.of(i, requests.get(i), tokenizer));
      limit.require(prompts.getLast().tokens().length, requests.get(i).maxTokens());
    }
    return run(prompts, listener);
  }

  /**
   * Generates from prompts given as tokens, whose length is not checked.
   *
   * @return a generation a prompt, in their order
   */
  public final List<Generation> run(List<Prompt> prompts, TokenListener listener) {
    GenerationResults results = new GenerationResults(prompts);
    Call call = new Call(prompts.size());
    List<PromptFeed<S>> feeds = new ArrayList<>();
    for (Prompt prompt : prompts) {
      S strand = strand(models.get(prompt.request().adapter()));
      feeds.add(new PromptFeed<>(call, strand, prompt, this::probe, listener, results));
    }
    thread.run(call, feeds);
    return results.generations();
  }

  private Probe probe(int tokens) {
    return new Probe(config.layers(), config.hiddenSize(), config.heads(), tokens);
  }

  @Override
  public final List<Sequence> score(List<ContinuationRequest> requests) {
    thread.requireOpen();
    List<TextToScore> texts = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      texts.add(TextToScore.of(i, requests.get(i), tokenizer));
      limit.require(texts.getLast().tokens().length, 0);
    }
    return score(texts, i -> models.get(requests.get(i).adapter()));
  }

  /**
   * Scores texts given as tokens, whose length is not checked.
   *
   * @param models of a text's index
   * @return a sequence a text, in their order
   */
  public final List<Sequence> score(List<TextToScore> texts, IntFunction<M> models) {
    Sequence[] results = new Sequence[texts.size()];
    Call call = new Call(texts.size());
    List<ScoredText<S>> feeds = new ArrayList<>();
    for (TextToScore text : texts) {
      S strand = strand(models.apply(text.index()));
      feeds.add(new ScoredText<>(call, strand, text, tokenizer, sequence -> results[text.index()] = sequence));
    }
    thread.run(call, feeds);
    return List.of(results);
  }

  /** What requests without adapter run on. */
  public final M base() {
    return models.get(Optional.empty());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A directory without {@code adapter_config.json} but with {@code config.json} is a model of the same shape that
   * was tuned as a whole; it takes as much memory as the base.
   */
  @Override
  public final String loadAdapter(Path directory) throws IOException {
    boolean whole = !Files.exists(directory.resolve("adapter_config.json"))
        && Files.exists(directory.resolve("config.json"));
    if (!whole) return loadAdapter(PeftAdapter.read(directory, config));
    thread.requireOpen();
    return models.loadWhole(directory);
  }

  @Override
  public final String loadAdapter(PeftAdapter adapter) throws IOException {
    thread.requireOpen();
    return models.load(adapter);
  }

  @Override
  public final void unloadAdapter(String id) {
    models.unload(id).ifPresent(thread::retire);
  }

  @Override
  public final void warmUp() {
    WarmUp.run(this);
  }

  @Override
  public final void close() {
    thread.close();
  }
}
