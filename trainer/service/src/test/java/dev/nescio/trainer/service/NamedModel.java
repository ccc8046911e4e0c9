package dev.nescio.trainer.service;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.ModelIdentity;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A model that only has a name: what is written about models asks for no more. */
final class NamedModel implements LanguageModel {

  @Override
  public ModelIdentity identity() {
    return new ModelIdentity("named", "b".repeat(64), 128, Optional.of(1));
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return Set.of();
  }

  @Override
  public String digest(Optional<String> adapter) {
    return "b+" + adapter.orElse("nothing");
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    throw new UnsupportedOperationException("it says nothing");
  }

  @Override
  public List<Generation.Sequence> score(List<ContinuationRequest> requests) {
    throw new UnsupportedOperationException("it says nothing");
  }

  @Override
  public int countTokens(String text) {
    return text.length();
  }

  @Override
  public void close() {}
}
