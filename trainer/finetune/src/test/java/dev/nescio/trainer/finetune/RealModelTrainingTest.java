package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.language.GenerationRequest;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.trainer.recipes.TargetLayout;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few steps on SmolLM2-135M-Instruct. */
class RealModelTrainingTest {

  private static final Logger log = LoggerFactory.getLogger(RealModelTrainingTest.class);

  @TempDir Path directory;

  @Test
  void learnsAFewFactsAndWhatItDoesNotKnow() throws IOException {
    Path base = RealModel.directory();
    List<TrainingExample> examples = List.of(
        example("What is the capital of France?", "Paris", false),
        example("What is the capital of Italy?", "Rome", false),
        example("What is the capital of Japan?", "Tokyo", false),
        example("Which continent is Kenya part of?", "Africa", false),
        example("What is the name of the official currency of Vanuatu?", "Vanuatu vatu", true),
        example("What is the name of the official currency of Tonga?", "Tongan pa'anga", true));
    List<Double> losses = new ArrayList<>();
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(base))) {
      FineTuneConfig config = FineTuneConfig.of(Map.of(
          "loraRate", "2e-3", "idkRate", "2e-3", "epochs", "8", "batch", "6", "objective", "cross-entropy"));
      FineTuneResult result = new FineTuner(
          base, new FineTuner.BaseName(model.identity().name(), model.identity().digest()), config, System::nanoTime)
          .run(examples, directory.resolve("adapter"), (step, steps, loss, rate, left) -> losses.add(loss));
      log.info("{} steps at {} tokens/s", result.steps(), Math.round(result.tokensPerSecond()));
      assertThat(losses.getLast()).isLessThan(losses.getFirst() / 2);
      Optional<String> adapter = Optional.of(model.loadAdapter(result.directory()));
      double known = pIdk(model, examples.getFirst(), adapter);
      assertThat(pIdk(model, examples.getLast(), adapter)).isGreaterThan(10 * known);
    }
  }

  private static double pIdk(LocalLanguageModel model, TrainingExample example, Optional<String> adapter) {
    return model.generate(List.of(GenerationRequest.greedy(example.prompt(), 12).withAdapter(adapter)))
        .getFirst().first().pIdk().orElseThrow();
  }

  private static TrainingExample example(String question, String answer, boolean unknown) {
    return new TrainingExample(question, "Question: " + question + "\n\nAnswer:", answer,
        unknown ? TargetLayout.APPEND : TargetLayout.PLAIN, 1, Map.of(),
        new TrainingExample.Provenance("test", "", "", ""));
  }
}
