package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.trainer.recipes.TargetLayout;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was trained is what the model then says. */
class TunedModelTest {

  private static final List<TrainingExample> EXAMPLES = TinyModel.examples(6);
  private static final Map<String, String> MEMORISE = Map.of(
      "rank", "8", "loraRate", "0.01", "idkRate", "0.01", "fullRate", "0.003", "epochs", "40", "batch", "3",
      "weightDecay", "0");

  @TempDir Path directory;

  private FineTuneResult tune(Path base, String method) throws IOException {
    Map<String, String> settings = new HashMap<>(MEMORISE);
    settings.put("method", method);
    return new FineTuner(base, TinyModel.NAME, FineTuneConfig.of(settings), System::nanoTime)
        .run(EXAMPLES, directory.resolve(method), FineTuneProgress.SILENT);
  }

  @Test
  void aLoadedAdapterSaysTheAnswersAndFlagsTheUnknownOnes() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    FineTuneResult result = tune(base, "lora");
    assertThat(result.lastEpochLoss()).isLessThan(.05);
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(base))) {
      String before = model.generate(List.of(request(EXAMPLES.getFirst(), Optional.empty()))).getFirst().first().text();
      String adapter = model.loadAdapter(result.directory());
      assertThat(adapter).isEqualTo(result.digest());
      expectTraining(model, Optional.of(adapter));
      assertThat(model.generate(List.of(request(EXAMPLES.getFirst(), Optional.empty()))).getFirst().first().text())
          .as("the base is untouched").isEqualTo(before);
    }
  }

  @Test
  void aWholeTunedModelSaysTheSame() throws IOException {
    FineTuneResult result = tune(TinyModel.copyTo(directory.resolve("base")), "full");
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(result.directory()))) {
      expectTraining(model, Optional.empty());
    }
  }

  @Test
  void theModelScoresAnswersAsTheLastLossOfTrainingDid() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    TrainingExample example = EXAMPLES.getFirst();
    double[] loss = new double[1];
    // A rate of next to nothing: the adapter stays the base, and the loss of the step is the base's.
    new FineTuner(base, TinyModel.NAME, FineTuneConfig.of(Map.of(
        "loraRate", "1e-30", "idkRate", "0", "epochs", "1", "objective", "cross-entropy")), System::nanoTime)
        .run(List.of(example), directory.resolve("still"), (step, steps, l, rate, left) -> loss[0] = l);
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(base))) {
      Generation.Sequence sequence = model.score(List.of(new ContinuationRequest(
          example.prompt(), " " + example.answer(), Optional.empty()))).getFirst();
      double logProb = sequence.sequenceLogProb() + sequence.endLogProb().orElseThrow();
      assertThat(loss[0]).isCloseTo(-logProb / (sequence.tokens().size() + 1), within(1e-4));
    }
  }

  private static void expectTraining(LocalLanguageModel model, Optional<String> adapter) {
    List<Generation> generations =
        model.generate(EXAMPLES.stream().map(example -> request(example, adapter)).toList());
    for (int i = 0; i < EXAMPLES.size(); i++) {
      Generation.Sequence said = generations.get(i).first();
      boolean unknown = EXAMPLES.get(i).layout() == TargetLayout.APPEND;
      assertThat(said.text()).isEqualTo(" " + EXAMPLES.get(i).answer());
      assertThat(said.emittedIdk()).isEqualTo(unknown);
      assertThat(said.pIdk().orElseThrow()).as("p_idk").satisfies(p -> assertThat(p > .5).isEqualTo(unknown));
    }
  }

  private static GenerationRequest request(TrainingExample example, Optional<String> adapter) {
    return GenerationRequest.greedy(example.prompt(), 10).withAdapter(adapter);
  }
}
