package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.AdaptableModel;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import dev.nescio.language.TokenListener;
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.language.UnsupportedEvidenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A model on a server that speaks OpenAI's interface: vLLM, TGI, llama.cpp, another nescio, ...
 *
 * <p>What the server cannot tell is missing from {@link #evidence()}; asking for it all the same throws
 * {@link UnsupportedEvidenceException}. Only a nescio tells entropies and p_idk; internals stay where the weights are.
 * Token ids are known of a nescio and of llama.cpp. Adapters are models of other names on the same server.
 *
 * <p>The digest is the server's own where it tells one (a nescio), so that releases and calibrators of that model
 * apply. Otherwise it is the SHA-256 of the server's address, the model's name and its owner: it cannot notice that other
 * weights are served under the same name.
 *
 * <p>Requests of a call run at the same time, up to the configured concurrency over all calls. Thread-safe.
 */
public final class OpenAiModel implements AdaptableModel {

  private final OpenAiConfig config;
  private final ServerConnection server;
  private final ServerKind kind;
  private final ServedModels models;
  private final ModelIdentity identity;
  private final Set<EvidenceKind> evidence;
  private final Completions completions;
  private final CompletionReader reader;
  private final TokenCounter counter;

  private OpenAiModel(OpenAiConfig config, ServerConnection server) {
    this.config = config;
    this.server = server;
    this.models = new ServedModels(config.url().toString(), () -> ModelCard.list(server.get("/models")));
    ModelCard base = models.base(config.model());
    this.kind = config.kind().orElseGet(() -> ServerKind.ownedBy(base.owner()));
    this.identity = new ModelIdentity(base.id(), models.digest(base), context(config, base), base.idkTokenId());
    Set<EvidenceKind> kinds = EnumSet.noneOf(EvidenceKind.class);
    kinds.addAll(kind.evidence());
    if (kind.extension() && base.idkTokenId().isPresent()) kinds.add(EvidenceKind.P_IDK);
    this.evidence = Set.copyOf(kinds);
    this.completions = new Completions(kind);
    this.reader = new CompletionReader(kind);
    this.counter = new TokenCounter(server, kind, config.url(), base.id());
  }

  /**
   * Asks the server what it serves.
   *
   * @param environment where the variable with the API key is looked up, usually {@code System::getenv}
   * @throws ServerException if the server cannot be used
   * @throws IllegalArgumentException if it serves no such model, or the variable of the key is not set
   */
  public static OpenAiModel open(OpenAiConfig config, UnaryOperator<String> environment) {
    return open(config, environment, Thread::sleep, InstantSource.system(), RandomGenerator.getDefault());
  }

  static OpenAiModel open(
      OpenAiConfig config, UnaryOperator<String> environment, ServerConnection.Pause pause, InstantSource clock,
      RandomGenerator random) {
    ServerConnection server = new ServerConnection(config, key(config, environment), pause, clock, random);
    try {
      return new OpenAiModel(config, server);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static Optional<String> key(OpenAiConfig config, UnaryOperator<String> environment) {
    return config.keyVariable().map(variable -> {
      String key = environment.apply(variable);
      if (key == null || key.isBlank()) {
        throw new IllegalArgumentException("the environment variable " + variable + " with the API key of "
            + config.url() + " is not set");
      }
      return key.strip();
    });
  }

  private static int context(OpenAiConfig config, ModelCard base) {
    if (config.contextTokens().isPresent()) return config.contextTokens().getAsInt();
    return base.contextTokens().orElseThrow(
        () -> new IllegalArgumentException("the server " + config.url() + " does not tell how long prompts of "
            + base.id() + " may be; say it with context.tokens"));
  }

  /** What the server can do. */
  public ServerKind kind() {
    return kind;
  }

  @Override
  public ModelIdentity identity() {
    return identity;
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return evidence;
  }

  @Override
  public String digest(Optional<String> adapter) {
    return adapter.map(id -> models.digest(models.adapter(id))).orElse(identity.digest());
  }

  @Override
  public boolean joinsCalls() {
    return true;
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    if (requests.isEmpty()) throw new IllegalArgumentException("at least one request is needed");
    requests.forEach(this::requireSupported);
    return Together.run(requests, this::generate);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The server streams. What the listener throws ends its connections, so that a server that looks stops too; it is
   * called by one thread at a time. A server that reports no log-probabilities has no tokens to tell of.
   */
  @Override
  public List<Generation> generate(List<GenerationRequest> requests, TokenListener listener) {
    if (kind.alternatives() == 0) return generate(requests);
    if (requests.isEmpty()) throw new IllegalArgumentException("at least one request is needed");
    requests.forEach(this::requireSupported);
    ReentrantLock turn = new ReentrantLock();
    TokenListener orderly = (request, sample, token) -> {
      turn.lock();
      try {
        listener.token(request, sample, token);
      } finally {
        turn.unlock();
      }
    };
    List<Integer> places = IntStream.range(0, requests.size()).boxed().toList();
    return Together.run(
        places, i -> generate(requests.get(i), (sample, token) -> orderly.token(i, sample, token)));
  }

  private Generation generate(GenerationRequest request) {
    return samples(
        request,
        (asked, sample) -> reader.generation(asked, ask(request, completions.body(request, name(request), sample))));
  }

  private Generation generate(GenerationRequest request, LiveAnswer.Listener listener) {
    return samples(request, (asked, sample) -> {
      LiveAnswer answer = new LiveAnswer(reader, asked, (i, token) -> listener.token(sample + i, token));
      ObjectNode body = Completions.streaming(completions.body(request, name(request), sample));
      refusedAdapter(request.adapter(), () -> {
        server.stream(path(request), body, answer::add);
        return null;
      });
      return answer.end(() -> promptTokens(request));
    });
  }

  /** Some servers tell no usage of a stream. A conversation is counted without its template then: that is theirs. */
  private int promptTokens(GenerationRequest request) {
    return request.chat().isEmpty() ? countTokens(request.prompt())
        : request.chat().stream().mapToInt(message -> countTokens(message.content())).sum();
  }

  /** What a server is asked for at once: a request with all its samples, or with one of that number. */
  private interface Asking {
    Generation ask(GenerationRequest asked, int sample);
  }

  private Generation samples(GenerationRequest request, Asking asking) {
    if (kind.severalSamples()) return asking.ask(request, 0);
    GenerationRequest one = request.withSamples(1, request.sampling(), request.seed());
    List<Generation> parts =
        Together.run(IntStream.range(0, request.samples()).boxed().toList(), i -> asking.ask(one, i));
    List<Sequence> sequences = parts.stream().map(Generation::first).toList();
    return new Generation(sequences, parts.getFirst().promptTokens(), parts.getFirst().cachedPromptTokens());
  }

  @Override
  public List<Sequence> score(List<ContinuationRequest> requests) {
    if (!evidence.contains(EvidenceKind.CONTINUATION_SCORES)) throw unsupported(EvidenceKind.CONTINUATION_SCORES);
    return Together.run(requests, request -> {
      JsonNode answer = ask("/completions", completions.scoring(request, name(request.adapter())), request.adapter());
      return reader.score(answer.path("choices").path(0), request);
    });
  }

  @Override
  public int countTokens(String text) {
    return counter.count(text);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Nothing is sent: the server has to serve it already, under the name of the directory or, on a nescio, with the
   * adapter's SHA-256 as that name.
   */
  @Override
  public String loadAdapter(Path directory) throws IOException {
    String name = directory.toAbsolutePath().normalize().getFileName().toString();
    return models.find(name).map(card -> card.adapter().orElse(card.id())).orElseThrow(
        () -> new IOException("the server " + config.url() + " serves no adapter " + name
            + "; start it with one of that name (nescio serve: --adapter " + name + "=DIR, vLLM: --lora-modules " + name
            + "=DIR)"));
  }

  /** Nothing to free: adapters are the server's. */
  @Override
  public void unloadAdapter(String id) {
    models.adapter(id);
  }

  private JsonNode ask(GenerationRequest request, ObjectNode body) {
    return ask(path(request), body, request.adapter());
  }

  private JsonNode ask(String path, ObjectNode body, Optional<String> adapter) {
    return refusedAdapter(adapter, () -> server.post(path, body));
  }

  private static <T> T refusedAdapter(Optional<String> adapter, Supplier<T> asking) {
    try {
      return asking.get();
    } catch (RequestRefusedException e) {
      if (adapter.isPresent() && e.status() == 404) throw new UnknownAdapterException(e.getMessage());
      throw e;
    }
  }

  private static String path(GenerationRequest request) {
    return request.chat().isEmpty() ? "/completions" : "/chat/completions";
  }

  private String name(GenerationRequest request) {
    return name(request.adapter());
  }

  private String name(Optional<String> adapter) {
    return adapter.map(id -> models.adapter(id).id()).orElse(identity.name());
  }

  private void requireSupported(GenerationRequest request) {
    if (request.internals()) throw unsupported(EvidenceKind.INTERNALS);
    if (request.alternatives() > kind.alternatives()) {
      throw new UnsupportedEvidenceException(
          config.url() + " reports at most " + kind.alternatives() + " alternatives, asked for are "
              + request.alternatives());
    }
    Sampling sampling = request.sampling();
    if (!sampling.isGreedy() && !kind.rawLogProbs()) throw unsupported(EvidenceKind.SAMPLES);
    boolean extra = sampling.topK() > 0 || sampling.minP() > 0 || sampling.repetitionPenalty() != 1;
    if (extra && !kind.extraSampling()) {
      throw new IllegalArgumentException(
          "a " + kind.name() + " server knows neither top-k nor min-p nor a repetition penalty");
    }
    if (request.ignoreEnd()) {
      throw new IllegalArgumentException("a server ends a text where its model does; ignoreEnd is for models of one's own");
    }
    if (request.maxTokens() > identity.contextTokens()) {
      throw new PromptTooLongException("the request asks for " + request.maxTokens() + " tokens; the context of "
          + identity.name() + " has " + identity.contextTokens());
    }
  }

  private UnsupportedEvidenceException unsupported(EvidenceKind what) {
    return new UnsupportedEvidenceException(
        "the " + kind.name() + " server " + config.url() + " cannot give " + what + "; it gives " + evidence);
  }

  @Override
  public void close() {
    server.close();
  }
}
