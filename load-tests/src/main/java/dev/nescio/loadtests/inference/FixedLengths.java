package dev.nescio.loadtests.inference;

import dev.nescio.language.AdaptableModel;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model that writes exactly as many tokens as a question allows, past stop strings and end tokens, so that two runs do
 * the same work. The model itself is the caller's.
 *
 * @param model that works
 * @param joins what this one says about calls of several threads
 */
record FixedLengths(AdaptableModel model, boolean joins) implements AdaptableModel {

  @Override
  public boolean joinsCalls() {
    return joins;
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    return model.generate(requests.stream().map(r -> r.withStop(List.of()).withIgnoreEnd(true)).toList());
  }

  @Override
  public ModelIdentity identity() {
    return model.identity();
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return model.evidence();
  }

  @Override
  public String digest(Optional<String> adapter) {
    return model.digest(adapter);
  }

  @Override
  public List<Generation.Sequence> score(List<ContinuationRequest> requests) {
    return model.score(requests);
  }

  @Override
  public int countTokens(String text) {
    return model.countTokens(text);
  }

  @Override
  public String loadAdapter(Path directory) throws IOException {
    return model.loadAdapter(directory);
  }

  @Override
  public void unloadAdapter(String id) {
    model.unloadAdapter(id);
  }

  /** The model stays open. */
  @Override
  public void close() {}
}
