package dev.nescio.inference;

import dev.nescio.language.AdaptableModel;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.UnknownAdapterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A deterministic model for tests of everything around a model: it says the last word of the question, and the content
 * of its adapter's file before it. Its certainty is 1 / (1 + length of that word).
 */
final class WordModel implements AdaptableModel {

  static final String BASE = "b".repeat(64);

  private volatile boolean joins;

  /** Sizes of the batches in the order of calls. */
  final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());

  /** Adapters in memory, with the number of their loadings. */
  final Map<String, Integer> adapters = new ConcurrentHashMap<>();

  private final Consumer<List<GenerationRequest>> before;

  WordModel() {
    this(requests -> {});
  }

  /**
   * @param before called with each batch; may block or throw
   */
  WordModel(Consumer<List<GenerationRequest>> before) {
    this.before = before;
  }

  /** The same model, taking calls of several threads at the same time. */
  WordModel joining() {
    joins = true;
    return this;
  }

  @Override
  public boolean joinsCalls() {
    return joins;
  }

  @Override
  public ModelIdentity identity() {
    return new ModelIdentity("words", BASE, 60, Optional.of(7));
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return Set.of(EvidenceKind.TOKEN_LOG_PROBS, EvidenceKind.FULL_ENTROPY, EvidenceKind.P_IDK);
  }

  @Override
  public String digest(Optional<String> adapter) {
    adapter.ifPresent(this::requireLoaded);
    return adapter.map(id -> "base+" + id).orElse(BASE);
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    requests.forEach(r -> r.adapter().ifPresent(this::requireLoaded));
    before.accept(requests);
    batches.add(requests.size());
    return requests.stream().map(WordModel::answer).toList();
  }

  private static Generation answer(GenerationRequest request) {
    String[] words = request.prompt().replace("Answer:", "").strip().split("[\\s?]+");
    String last = words[words.length - 1];
    String word = request.adapter().map(id -> " " + id + " " + last).orElse(" " + last);
    double probability = 1.0 / (1 + last.length());
    Token token = new Token(1, word, Math.log(probability), Optional.of(0.5), Optional.of(0.25), List.of());
    boolean idk = last.equals("unknowable");
    Sequence sequence =
        new Sequence(
            word, List.of(token), idk ? Finish.IDK : Finish.STOP, idk, Optional.of(1 - probability), Optional.of(-0.5),
            2);
    return new Generation(List.of(sequence), words.length, 1);
  }

  @Override
  public List<Sequence> score(List<ContinuationRequest> requests) {
    throw new UnsupportedOperationException("inference scores no continuations");
  }

  @Override
  public int countTokens(String text) {
    return text.strip().split("\\s+").length;
  }

  /** The id is the content of the file {@code adapter}. */
  @Override
  public String loadAdapter(Path directory) throws IOException {
    String id = Files.readString(directory.resolve("adapter")).strip();
    adapters.merge(id, 1, Integer::sum);
    return id;
  }

  @Override
  public void unloadAdapter(String id) {
    requireLoaded(id);
    adapters.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
  }

  private void requireLoaded(String id) {
    if (!adapters.containsKey(id)) throw new UnknownAdapterException("no adapter " + id);
  }

  @Override
  public void close() {}
}
