package dev.nescio.judge;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.ModelIdentity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A small judge: says yes when the given answer contains the word "capital". Counts its calls. */
final class CapitalJudge implements LanguageModel {

  final AtomicInteger asked = new AtomicInteger();

  @Override
  public ModelIdentity identity() {
    return new ModelIdentity("word-judge", "0123456789abcdef", 2048, Optional.empty());
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return Set.of();
  }

  @Override
  public String digest(Optional<String> adapter) {
    return identity().digest();
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    asked.addAndGet(requests.size());
    return requests.stream().map(request -> {
      boolean yes = request.prompt().lines().filter(line -> line.startsWith("Given answer:"))
          .anyMatch(line -> line.contains("capital"));
      return new Generation(List.of(new Generation.Sequence(yes ? " yes" : " no", List.of(),
          Generation.Finish.END, false, Optional.empty(), Optional.empty(), 1)), 1, 0);
    }).toList();
  }

  @Override
  public List<Generation.Sequence> score(List<ContinuationRequest> requests) {
    throw new UnsupportedOperationException("a judge is not asked for scores");
  }

  @Override
  public int countTokens(String text) {
    return text.length() / 4;
  }

  @Override
  public void close() {}
}
