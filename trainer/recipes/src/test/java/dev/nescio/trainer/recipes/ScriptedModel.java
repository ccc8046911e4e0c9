package dev.nescio.trainer.recipes;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.LanguageModel;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.UnsupportedEvidenceException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** A model whose answers are written by a test, from the request and the number of the sample. */
final class ScriptedModel implements LanguageModel {

  final List<GenerationRequest> requests = new ArrayList<>();
  final List<Integer> batches = new ArrayList<>();
  private final BiFunction<GenerationRequest, Integer, String> script;

  ScriptedModel(BiFunction<GenerationRequest, Integer, String> script) {
    this.script = script;
  }

  @Override
  public ModelIdentity identity() {
    return new ModelIdentity("scripted", "d0", 2048, Optional.empty());
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return EnumSet.of(EvidenceKind.SAMPLES);
  }

  @Override
  public String digest(Optional<String> adapter) {
    return "d0" + adapter.map(a -> "+" + a).orElse("");
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> batch) {
    requests.addAll(batch);
    batches.add(batch.size());
    List<Generation> generations = new ArrayList<>();
    for (GenerationRequest request : batch) {
      List<Generation.Sequence> sequences = new ArrayList<>();
      for (int i = 0; i < request.samples(); i++) {
        sequences.add(new Generation.Sequence(script.apply(request, i), List.of(), Generation.Finish.STOP, false,
            Optional.empty(), Optional.empty(), 0));
      }
      generations.add(new Generation(sequences, 1, 0));
    }
    return generations;
  }

  @Override
  public List<Generation.Sequence> score(List<ContinuationRequest> continuations) {
    throw new UnsupportedEvidenceException("a scripted model scores no continuations");
  }

  @Override
  public int countTokens(String text) {
    return text.length();
  }

  @Override
  public void close() {}
}
