package dev.nescio.language.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.language.UnsupportedEvidenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

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

  private Generation generate(GenerationRequest request) {
    String model = name(request.adapter());
    if (kind.severalSamples()) return generation(request, ask(request, completions.body(request, model, 0)));
    List<Integer> samples = new ArrayList<>();
    for (int i = 0; i < request.samples(); i++) samples.add(i);
    GenerationRequest one = request.withSamples(1, request.sampling(), request.seed());
    List<Generation> parts =
        Together.run(
            samples, i -> generation(one, ask(request, completions.body(request, model, i))));
    List<Sequence> sequences = parts.stream().map(Generation::first).toList();
    return new Generation(sequences, parts.getFirst().promptTokens(), parts.getFirst().cachedPromptTokens());
  }

  private Generation generation(GenerationRequest request, JsonNode answer) {
    JsonNode choices = answer.path("choices");
    if (choices.size() != request.samples()) {
      throw new ProtocolViolationException(
          config.url() + " gave " + choices.size() + " choices, asked for were " + request.samples());
    }
    JsonNode usage = answer.path("usage");
    Optional<Integer> single =
        request.samples() == 1 && usage.path("completion_tokens").isInt()
            ? Optional.of(usage.path("completion_tokens").intValue()) : Optional.empty();
    Sequence[] sequences = new Sequence[choices.size()];
    for (JsonNode choice : choices) {
      int index = choice.path("index").asInt(-1);
      if (index < 0 || index >= sequences.length || sequences[index] != null) {
        throw new ProtocolViolationException("a choice with the index " + choice.path("index"));
      }
      sequences[index] = reader.sequence(choice, request, single);
    }
    return new Generation(
        List.of(sequences), usage.path("prompt_tokens").asInt(),
        usage.path("prompt_tokens_details").path("cached_tokens").asInt(0));
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
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return switch (kind.tokenCounting()) {
      case TOKENIZE_PROMPT ->
          count(server.postBeside("/tokenize", body.put("model", identity.name()).put("prompt", text)));
      case TOKENIZE_CONTENT -> count(server.postBeside("/tokenize", body.put("content", text)));
      case TOKENIZE_INPUTS -> count(server.postBeside("/tokenize", body.put("inputs", text)));
      case USAGE -> text.isEmpty() ? 0 : usage(text);
    };
  }

  private int usage(String text) {
    JsonNode answer = server.post("/completions", Completions.counting(text, identity.name()));
    JsonNode tokens = answer.path("usage").path("prompt_tokens");
    if (!tokens.isInt()) throw new ProtocolViolationException(config.url() + " tells no usage.prompt_tokens");
    return tokens.intValue();
  }

  private int count(JsonNode answer) {
    if (answer.path("count").isInt()) return answer.path("count").intValue();
    JsonNode tokens = answer.isArray() ? answer : answer.path("tokens");
    if (!tokens.isArray()) throw new ProtocolViolationException(config.url() + " answered /tokenize without tokens");
    return tokens.size();
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
    return ask(request.chat().isEmpty() ? "/completions" : "/chat/completions", body, request.adapter());
  }

  private JsonNode ask(String path, ObjectNode body, Optional<String> adapter) {
    try {
      return server.post(path, body);
    } catch (RequestRefusedException e) {
      if (adapter.isPresent() && e.status() == 404) throw new UnknownAdapterException(e.getMessage());
      throw e;
    }
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
