package dev.nescio.answering;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.ModelIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A deterministic model for the arithmetic around one: says the last word of the question, keeps what it was asked. */
final class CountingModel implements LanguageModel {

  final List<List<GenerationRequest>> calls = new ArrayList<>();

  @Override
  public ModelIdentity identity() {
    return new ModelIdentity("counting", "0".repeat(64), 100, Optional.of(7));
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return Set.of(EvidenceKind.TOKEN_LOG_PROBS, EvidenceKind.FULL_ENTROPY, EvidenceKind.P_IDK);
  }

  @Override
  public String digest(Optional<String> adapter) {
    return identity().digest() + adapter.orElse("");
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    calls.add(requests);
    return requests.stream().map(CountingModel::echo).toList();
  }

  private static Generation echo(GenerationRequest request) {
    String[] words = request.prompt().replace("Answer:", "").strip().split("\\s+");
    String word = " " + words[words.length - 1];
    Token first = new Token(1, word, Math.log(0.5), Optional.of(0.7), Optional.of(0.2), List.of());
    Token second = new Token(2, "!", Math.log(0.25), Optional.of(1.1), Optional.of(0.1), List.of());
    Sequence sequence =
        new Sequence(word + "!", List.of(first, second), Finish.IDK, true, Optional.of(0.125), Optional.of(-1.0), 3);
    return new Generation(List.of(sequence), words.length, 2);
  }

  @Override
  public List<Sequence> score(List<ContinuationRequest> requests) {
    throw new UnsupportedOperationException("no answer is scored in these tests");
  }

  @Override
  public int countTokens(String text) {
    return text.strip().split("\\s+").length;
  }

  @Override
  public void close() {}
}
