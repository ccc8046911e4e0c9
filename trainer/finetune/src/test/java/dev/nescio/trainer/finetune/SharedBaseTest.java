package dev.nescio.trainer.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.engine.TorchLanguageModel;
import dev.nescio.model.files.SafetensorsReader;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.torch.Torch;
import dev.nescio.trainer.objectives.CrossEntropy;
import dev.nescio.trainer.recipes.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    try (TorchLanguageModel model = TorchLanguageModel.open(LocalModelConfig.of(base))) {
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
    try (TorchLanguageModel model = TorchLanguageModel.open(LocalModelConfig.of(base).withIdk(false))) {
      String digest = tune(base, Optional.of(model), "with", FineTuneProgress.SILENT).digest();
      assertThat(digest).isEqualTo(tune(base, Optional.empty(), "without", FineTuneProgress.SILENT).digest());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void frozenWeightsAreThePagesOfTheFileAndNoCopyOfThem() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"), "mistral");
    NDManager manager = Torch.newManager();
    try (BaseModel model = BaseModel.open(base, Optional.empty(), FineTuneConfig.Method.LORA, manager);
        Tunable tunable = Tunable.of(CONFIG, model.weights(), manager)) {
      double before = loss(tunable, manager);
      // What is seen when the file changes under it is not a copy.
      changeLastNorm(base);
      assertThat(loss(tunable, manager)).isNotCloseTo(before, within(.01));
    } finally {
      manager.close();
    }
  }

  @Test
  void frozenWeightsAreThoseOfALoadedModelAndNoCopyOfThem() throws IOException {
    Path base = TinyModel.copyTo(directory.resolve("base"));
    NDManager manager = Torch.newManager();
    try (TorchLanguageModel loaded = TorchLanguageModel.open(LocalModelConfig.of(base));
        BaseModel model = BaseModel.open(base, Optional.of(loaded), FineTuneConfig.Method.LORA, manager);
        Tunable tunable = Tunable.of(CONFIG, model.weights(), manager);
        AdamW writer = new AdamW(new AdamW.Settings(0, 0, 0, 0))) {
      double before = loss(tunable, manager);
      NDArray norm = loaded.weights().get(LlamaWeights.FINAL_NORM);
      writer.put(norm, norm.mul(3), manager);
      assertThat(loss(tunable, manager)).isNotCloseTo(before, within(.01));
    } finally {
      manager.close();
    }
  }

  private static double loss(Tunable tunable, NDManager manager) {
    EncodedExample example = new EncodedExample(new int[] {70, 71, 72}, new int[] {73, 74}, 1, false);
    return tunable.forward().backward(PackedBatch.of(List.of(example), manager), new CrossEntropy(), manager).mean();
  }

  private static void changeLastNorm(Path base) throws IOException {
    Path file = base.resolve("model.safetensors");
    long begin;
    int count;
    try (SafetensorsReader reader = new SafetensorsReader(file)) {
      long data = Files.size(file) - reader.names().stream().mapToLong(name -> end(reader, name)).max().orElseThrow();
      SafetensorsReader.Entry entry = reader.entry(LlamaWeights.FINAL_NORM);
      begin = data + entry.begin();
      count = (int) entry.shape().size();
    }
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) bytes.putFloat(i % 3);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(bytes.flip(), begin);
    }
  }

  private static long end(SafetensorsReader reader, String name) {
    try {
      return reader.entry(name).end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FineTuneResult tune(
      Path base, Optional<TorchLanguageModel> model, String output, FineTuneProgress progress) throws IOException {
    return new FineTuner(base, TinyModel.NAME, model, CONFIG, System::nanoTime)
        .run(EXAMPLES, directory.resolve(output), progress);
  }
}
