package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.TorchLanguageModel;
import dev.nescio.model.TorchModelConfig;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Adapters are trained beside the weights that a model in the same process answers with. */
class SharedBaseTest {

  private static final FineTuneConfig CONFIG =
      FineTuneConfig.of(Map.of("epochs", "1", "batch", "4", "rank", "2", "seed", "3"));
  private static final List<TrainingExample> EXAMPLES = TinyModel.examples(8);

  @TempDir Path directory;

  @Test
  void aModelThatAnswersMeanwhileGivesTheSameAdapterAndTheSameAnswers() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    String alone = tune(base, Optional.empty(), "alone", FineTuneProgress.SILENT).digest();
    try (TorchLanguageModel model = TorchLanguageModel.open(TorchModelConfig.of(base))) {
      List<GenerationRequest> question = List.of(GenerationRequest.greedy("Capital of a?", 8));
      List<Generation> before = model.generate(question);
      String shared = tune(base, Optional.of(model), "shared", (step, steps, loss, rate, left) ->
          assertThat(model.generate(question)).isEqualTo(before)).digest();
      assertThat(shared).isEqualTo(alone);
      assertThat(model.generate(question)).as("after the run").isEqualTo(before);
      for (NDArray weight : model.weights().list()) {
        assertThat(weight.hasGradient()).as("gradient of " + weight.getName()).isFalse();
      }
    }
  }

  @Test
  void aModelWithoutIdkIsNotSharedSinceItsRowWouldBeMissing() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    try (TorchLanguageModel model = TorchLanguageModel.open(TorchModelConfig.of(base).withIdk(false))) {
      String digest = tune(base, Optional.of(model), "with", FineTuneProgress.SILENT).digest();
      assertThat(digest).isEqualTo(tune(base, Optional.empty(), "without", FineTuneProgress.SILENT).digest());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void trainingBesideALoadedModelTakesNoSecondCopyOfItsWeights() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    long weights = enlarge(base);
    try (TorchLanguageModel model = TorchLanguageModel.open(TorchModelConfig.of(base))) {
      model.generate(List.of(GenerationRequest.greedy("Capital of a?", 2)));
      long shared = growth(base, Optional.of(model), "shared");
      long own = growth(base, Optional.empty(), "own");
      // What both need, such as activations and the heap, takes no part in the difference.
      assertThat(own - shared).as("resident bytes with weights of its own, %d, and shared, %d", own, shared)
          .isGreaterThan(weights * 7 / 10);
      assertThat(shared).isLessThan(weights * 7 / 10);
    }
  }

  /** Resident bytes that a step of training adds. */
  private long growth(Path base, Optional<TorchLanguageModel> model, String output) throws IOException {
    System.gc();
    long before = resident();
    long[] during = new long[1];
    tune(base, model, output, (step, steps, loss, rate, left) -> during[0] = resident());
    return during[0] - before;
  }

  private FineTuneResult tune(
      Path base, Optional<TorchLanguageModel> model, String output, FineTuneProgress progress) throws IOException {
    return new FineTuner(base, TinyModel.NAME, model, CONFIG, System::nanoTime)
        .run(EXAMPLES, directory.resolve(output), progress);
  }

  /** Makes the model one of 200 MB with random weights; returns their bytes. */
  private static long enlarge(Path base) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(base.resolve("config.json").toFile());
    json.put("hidden_size", 512).put("intermediate_size", 2048).put("num_hidden_layers", 12)
        .put("num_attention_heads", 8).put("num_key_value_heads", 8).put("head_dim", 64);
    mapper.writeValue(base.resolve("config.json").toFile(), json);
    return TinyModel.writeRandomWeights(base, .1);
  }

  private static long resident() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      String line = lines.filter(text -> text.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
